import type { OutboundRecord } from '@millrace/records';
import { type Log, readTopic } from '@millrace/stream';

const BEGUN = 'dlq-replay';
const REPLAYED = 'dlq-replayed/';

/** Notes on `<p>.control` of what was replayed: one per event, under its place in `<p>.events` (`partition@offset`). */
export class ReplayNotes {
  readonly #topic: string;

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** This run has begun: whatever earlier ones did stands before it. */
  begun(run: string): OutboundRecord {
    return this.#note(BEGUN, JSON.stringify({ run }));
  }

  /** @param attempts as which the event was sent again */
  replayed(origin: string, attempts: number): OutboundRecord {
    return this.#note(`${REPLAYED}${origin}`, JSON.stringify({ attempts }));
  }

  /** A note of which no dead letter is left says nothing any more. */
  forgotten(origin: string): OutboundRecord {
    return this.#note(`${REPLAYED}${origin}`, null);
  }

  /** Which events earlier runs have replayed. Waits until all that they wrote can be read. */
  async before(run: string, log: Log, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const replayed = new Set<string>();
    for await (const { key, value } of readTopic(log, {
      topic: this.#topic,
      from: 'beginning',
      until: 'never',
      signal,
    })) {
      const name = String(key);
      if (name === BEGUN && String(value) === String(this.begun(run).value)) break;
      if (!name.startsWith(REPLAYED)) continue;
      if (value === null) replayed.delete(name.slice(REPLAYED.length));
      else replayed.add(name.slice(REPLAYED.length));
    }
    return replayed;
  }

  #note(key: string, value: string | null): OutboundRecord {
    return { topic: this.#topic, partition: 0, key, value };
  }
}
