import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from './free-port.mjs';
import { kafkaJars } from './kafka-jars.mjs';
import { keepBroker } from './keep-broker.mjs';
import { serverProperties } from './server-properties.mjs';

/** A broker from Kafka's own jars, in a folder that goes with it. */
export async function jarsLog({ say }) {
  const kafka = await kafkaJars({ say });
  const [port, controllerPort] = await freePorts(2);
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-'));
  const settings = join(folder, 'server.properties');
  await writeFile(settings, serverProperties({ port, controllerPort, data: join(folder, 'data') }));
  const { stop } = await keepBroker({
    port,
    prepare: kafka.format(settings),
    run: kafka.run(settings),
    cleanup: null,
    folder,
  });
  return { kind: 'jars', brokers: `127.0.0.1:${port}`, stop };
}
