export { OpenTransaction } from './open-transaction.ts';
