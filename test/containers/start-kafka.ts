import { GenericContainer, RandomPortGenerator, Wait, type StartedTestContainer } from 'testcontainers';

import { foreignImages } from '../../scripts/containers/images.mjs';
import { brokerEnvironment } from '../../scripts/log/docker.mjs';

export interface KafkaContainer {
  /** For who is on this machine; containers in the network find it at `kafka:29092`. */
  readonly brokers: string;
  readonly container: StartedTestContainer;
}

export async function startKafka(network: string): Promise<KafkaContainer> {
  const port = await new RandomPortGenerator().generatePort();
  const container = await new GenericContainer(foreignImages().kafka)
    .withNetworkMode(network)
    .withNetworkAliases('kafka')
    .withEnvironment(brokerEnvironment(port, 'kafka'))
    .withExposedPorts({ container: 9092, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return { brokers: `127.0.0.1:${port}`, container };
}
