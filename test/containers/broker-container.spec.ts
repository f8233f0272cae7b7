import { getContainerRuntimeClient } from 'testcontainers';
import { expect, it } from 'vitest';

import { findLog } from '../../scripts/log/find-log.mjs';

it('the broker that `npm start` and `npm test` have in Docker leaves no container and no volume', async () => {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const { brokers, stop } = await findLog({ kinds: ['docker'] });
  const port = Number(brokers.split(':').at(-1));
  const containers = await dockerode.listContainers({ filters: { label: ['millrace.broker=true'] } });
  const broker = containers.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
  const volumes = broker?.Mounts.map(({ Name }) => Name) ?? [];
  expect(volumes.length).toBeGreaterThan(0);
  await stop();
  const left = await Promise.allSettled([
    dockerode.getContainer(broker?.Id ?? '').inspect(),
    ...volumes.map((name) => dockerode.getVolume(name ?? '').inspect()),
  ]);
  expect(left.map(({ status }) => status)).not.toContain('fulfilled');
});
