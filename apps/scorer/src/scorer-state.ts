import { ByteReader, ByteWriter, JournaledState } from '@millrace/core';
import type { ProgressRecord } from '@millrace/records';
import type { StateMarker, TaskState } from '@millrace/stream';

/** All that a partition of the scorer remembers: how far its input has come. */
export class ScorerState extends JournaledState implements TaskState {
  #at: number | null = null;

  /** Whether this is further than what was passed on before: a clock never goes back. */
  advance({ at }: ProgressRecord): boolean {
    const before = this.#at;
    if (before !== null && at <= before) return false;
    this.journal.record(() => {
      this.#at = before;
    });
    this.#at = at;
    return true;
  }

  marker(): StateMarker {
    return { keepFrom: null, body: this.#at === null ? new Uint8Array() : new ByteWriter(8).varint(this.#at).finish() };
  }

  /** A task of the scorer is one partition. */
  load(bodies: ReadonlyMap<string, Uint8Array>): void {
    const [body] = bodies.values();
    if (body && body.length > 0) this.#at = new ByteReader(body).varint();
  }

  /** Nothing is kept, so there is nothing to apply again. */
  restore(): void {}

  restored(): void {}
}
