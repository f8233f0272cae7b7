/**
 * The overlay of a stage's state, kept as an undo list: state changes in place, and each change leaves behind how to
 * take it back. A failed half of a batch, or a transaction that did not commit, rolls back to its savepoint; a
 * committed one forgets the list.
 *
 * ```ts
 * const start = journal.savepoint();
 * map.set(key, next);
 * journal.record(() => map.set(key, previous));
 * journal.rollback(start); // as if nothing had happened
 * ```
 */
export class Journal {
  readonly #undo: (() => void)[] = [];

  record(undo: () => void): void {
    this.#undo.push(undo);
  }

  savepoint(): number {
    return this.#undo.length;
  }

  rollback(savepoint: number): void {
    while (this.#undo.length > savepoint) this.#undo.pop()?.();
  }

  /** What happened so far can no longer be taken back. */
  forget(): void {
    this.#undo.length = 0;
  }
}
