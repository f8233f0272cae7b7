import type { BatchSlot } from './vector-batch.ts';
import type { SlotToRun } from './worker-protocol.ts';

/** The slots that a worker has been shown. */
export class ShownSlots {
  readonly #slots = new Map<number, BatchSlot>();

  of(shown: SlotToRun['slot']): BatchSlot {
    if (typeof shown === 'number') return this.#slots.get(shown) as BatchSlot;
    this.#slots.set(shown.id, shown);
    return shown;
  }
}
