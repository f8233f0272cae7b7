/** Ring 3: a log in this process, for tests, for simulation, and for `npm start` without Kafka. */
export { BrokerRefusal } from './broker/broker-refusal.ts';
export { MemoryBroker, type MemoryBrokerOptions } from './broker/memory-broker.ts';
export type { Carry, RequestName } from './client/carry.ts';
export type { FaultPoint, Faults } from './faults.ts';
export { MemoryLog, type MemoryLogOptions } from './memory-log.ts';
