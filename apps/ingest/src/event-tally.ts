import type { WindowGrid } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { encodeCountsRecord, EVENT_STREAM, type OutboundRecord } from '@millrace/records';

interface Counted {
  readonly end: number;
  readonly types: number[];
}

/** What one batch adds to the monitor's counts of what comes in: events by type, in the window of their own time. */
export class EventTally {
  readonly #plan: Plan;
  readonly #grid: WindowGrid;
  /** By start of the window. */
  readonly #windows = new Map<number, Counted>();

  constructor(plan: Plan, grid: WindowGrid) {
    this.#plan = plan;
    this.#grid = grid;
  }

  /** Forgets what a batch before counted: it may have failed. */
  begin(): void {
    this.#windows.clear();
  }

  /** @param type position in the plan */
  event(type: number, at: number): void {
    const { types } = this.#at(at);
    types[type] = (types[type] as number) + 1;
  }

  records(): readonly OutboundRecord[] {
    const { counts: topic } = this.#plan.names;
    return [...this.#windows].map(([start, { end, types }]) => {
      const events = types.reduce((sum, count) => sum + count, 0);
      const counts = [types, [0, events]];
      const span = { start, end, rows: events, counts, blocks: [] };
      const delta = { kind: 'delta', subject: 'events', ...EVENT_STREAM, ...span } as const;
      return { topic, partition: 0, key: null, value: encodeCountsRecord(delta) };
    });
  }

  #at(at: number): Counted {
    const { start, end } = this.#grid.spanOf(at);
    let counted = this.#windows.get(start);
    if (!counted) this.#windows.set(start, (counted = { end, types: this.#plan.events.map(() => 0) }));
    return counted;
  }
}
