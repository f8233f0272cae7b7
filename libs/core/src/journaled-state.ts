import { Journal } from './journal.ts';

/** A state whose changes are journaled: how it goes back, and how it forgets the way. */
export abstract class JournaledState {
  protected readonly journal = new Journal();

  savepoint(): number {
    return this.journal.savepoint();
  }

  rollback(savepoint: number): void {
    this.journal.rollback(savepoint);
  }

  /** What happened so far is committed. */
  settle(): void {
    this.journal.forget();
  }
}
