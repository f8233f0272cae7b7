/** Ring 3: a log in this process, for tests, for simulation, and for `npm start` without Kafka. */
export type { FaultPoint, Faults } from './faults.ts';
export { MemoryLog, type MemoryLogOptions } from './memory-log.ts';
