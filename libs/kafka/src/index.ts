/** Ring 3: a `Log` on Kafka. The only importer of the Kafka client. */
export type { ConnectionSettings } from './cluster/connection-settings.ts';
export type { Sasl } from './cluster/internals.ts';
export { KafkaLog } from './kafka-log.ts';
