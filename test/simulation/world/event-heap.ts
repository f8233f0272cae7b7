/** Something that happens at a virtual time; at the same time, what was planned first happens first. */
export interface PlannedEvent {
  readonly atMs: number;
  readonly order: number;
  /** Null: called off. */
  act: (() => void) | null;
}

/** A binary heap of events, the next one on top. */
export class EventHeap {
  readonly #events: PlannedEvent[] = [];

  push(event: PlannedEvent): void {
    const events = this.#events;
    let at = events.length;
    events.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = events[parent] as PlannedEvent;
      if (isBefore(above, event)) break;
      events[at] = above;
      at = parent;
    }
    events[at] = event;
  }

  pop(): PlannedEvent | undefined {
    const [top] = this.#events;
    const last = this.#events.pop();
    if (last !== undefined && last !== top) this.#sink(last);
    return top;
  }

  #sink(event: PlannedEvent): void {
    const events = this.#events;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= events.length) break;
      const right = events[child + 1];
      if (right && isBefore(right, events[child] as PlannedEvent)) child++;
      const below = events[child] as PlannedEvent;
      if (isBefore(event, below)) break;
      events[at] = below;
      at = child;
    }
    events[at] = event;
  }
}

function isBefore(a: PlannedEvent, b: PlannedEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
