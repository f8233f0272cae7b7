export { deleteRecords } from './delete-records.ts';
export { SAFEGUARDS, type Safeguard } from '../safeguards.ts';
export { growTopic } from './grow-topic.ts';
export { OpenTransaction } from './open-transaction.ts';
export { switchOffFor, without } from './without.ts';
