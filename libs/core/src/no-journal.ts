import { Journal } from './journal.ts';

/** Of a state whose changes nobody takes back: it keeps nothing. */
export class NoJournal extends Journal {
  override record(): void {}
}
