import { Network } from 'testcontainers';
import type { TestProject } from 'vitest/node';

import { findEngine } from '../../scripts/containers/find-engine.mjs';
import { buildImage } from './build-image.ts';
import { startKafka } from './start-kafka.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The image of this checkout. */
    image: string;
    /** The one that it takes over from: what `MILLRACE_PREVIOUS_IMAGE` names, else this checkout under another version. */
    previousImage: string;
    /** A network of containers, in which Kafka is `kafka:29092`. */
    network: string;
  }
}

/** The images, a network, and in it a Kafka, for all tests in containers. */
export default async function startContainers(project: TestProject): Promise<() => Promise<void>> {
  await findEngine({ say: (line: string) => console.log(line) });
  project.provide('image', await buildImage('0.1.0-test'));
  const previous = process.env['MILLRACE_PREVIOUS_IMAGE'];
  project.provide('previousImage', previous ?? (await buildImage('0.0.9-test')));
  const network = await new Network().start();
  const { brokers, container } = await startKafka(network.getName());
  project.provide('network', network.getName());
  project.provide('brokers', brokers);
  return async () => {
    await container.stop();
    await network.stop();
  };
}
