import { timedWindow, windowGrid, type WindowGrid } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { encodeCountsRecord, EVENT_STREAM, type OutboundRecord } from '@millrace/records';

interface Counted {
  readonly end: number;
  readonly types: number[];
  letters: number;
}

/**
 * What one batch adds to the monitor's counts of what comes in: events by type, in the window of their own time, and dead
 * letters, in that of their partition's clock; before the first good event there is none, and they are not counted.
 */
export class EventTally {
  readonly #plan: Plan;
  readonly #grid: WindowGrid;
  /** By start of the window. */
  readonly #windows = new Map<number, Counted>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#grid = windowGrid(timedWindow(plan.monitor.window));
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

  deadLetter(clock: number | null): void {
    if (clock !== null) this.#at(clock).letters++;
  }

  records(): readonly OutboundRecord[] {
    const { counts: topic } = this.#plan.names;
    return [...this.#windows].map(([start, { end, types, letters }]) => {
      const events = types.reduce((sum, count) => sum + count, 0);
      const counts = [types, [letters, events]];
      const span = { start, end, rows: events, counts, blocks: [] };
      const delta = { kind: 'delta', subject: 'events', ...EVENT_STREAM, ...span } as const;
      return { topic, partition: 0, key: null, value: encodeCountsRecord(delta) };
    });
  }

  #at(at: number): Counted {
    const { start, end } = this.#grid.spanOf(at);
    let counted = this.#windows.get(start);
    if (!counted) this.#windows.set(start, (counted = { end, types: this.#plan.events.map(() => 0), letters: 0 }));
    return counted;
  }
}
