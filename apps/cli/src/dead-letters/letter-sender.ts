import type { Plan } from '@millrace/pipeline';

import type { FoundPromise } from '../replay/assert-no-open-promise.ts';
import type { DeadLetterView } from '../topics/dead-letter-view.ts';
import type { RecordReader } from '../topics/record-reader.ts';
import type { ChosenLetter } from './choose-letters.ts';
import { findEvent } from './find-event.ts';
import type { ReplayedEvent, ReplaySession } from './replay-session.ts';
import { recordBytes, replayedEvent } from './replayed-event.ts';

/** One transaction. */
const MOST_EVENTS = 500;
const MOST_BYTES = 1 << 20;

/** Who wants to know how it goes. */
export interface SendingWatch {
  readonly onProgress?: (done: number, of: number) => void;
  /** What is sent again is late under it. */
  readonly onPromise?: (found: FoundPromise) => void;
  /** An event that cannot be had any more, and why. */
  readonly onGone?: (letter: DeadLetterView, why: string) => void;
}

export interface LetterSenderOptions {
  readonly plan: Plan;
  readonly session: ReplaySession;
  readonly reader: RecordReader;
  /** What `<p>.events` takes in a record. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
  readonly watch: SendingWatch;
}

/** Of the letters that were chosen. */
export interface Sent {
  readonly replayed: number;
  readonly gone: number;
  /** The signal came first. */
  readonly stopped: boolean;
}

/** Finds the events of letters and sends them, a transaction after the other. The signal ends it between two. */
export class LetterSender {
  readonly #options: LetterSenderOptions;
  #batch: ReplayedEvent[] = [];
  #bytes = 0;
  #replayed = 0;
  #gone = 0;

  constructor(options: LetterSenderOptions) {
    this.#options = options;
  }

  async send(chosen: readonly ChosenLetter[]): Promise<Sent> {
    for (const one of chosen) {
      if (this.#options.signal.aborted) return this.#sent(true);
      await this.#add(one);
      if (this.#batch.length >= MOST_EVENTS || this.#bytes >= MOST_BYTES) await this.#flush(chosen.length);
    }
    await this.#flush(chosen.length);
    return this.#sent(false);
  }

  #sent(stopped: boolean): Sent {
    return { replayed: this.#replayed, gone: this.#gone, stopped };
  }

  async #add(one: ChosenLetter): Promise<void> {
    const again = await this.#again(one);
    if (typeof again === 'string') {
      this.#gone++;
      this.#options.watch.onGone?.(one.letter, again);
      return;
    }
    this.#batch.push(again);
    this.#bytes += recordBytes(again.record);
  }

  /** The event as it is sent, or why it cannot be. One that was compressed when it came may not fit without. */
  async #again(one: ChosenLetter): Promise<ReplayedEvent | string> {
    const { plan, reader, mostBytes } = this.#options;
    const event = await findEvent(reader, plan.names.dlq, one);
    if (typeof event === 'string') return event;
    const again = replayedEvent(event, one);
    const bytes = recordBytes(again.record);
    return bytes <= mostBytes ? again : `its ${bytes} bytes are more than ${again.record.topic} takes`;
  }

  async #flush(of: number): Promise<void> {
    await this.#options.session.send(this.#batch);
    this.#replayed += this.#batch.length;
    this.#batch = [];
    this.#bytes = 0;
    this.#options.watch.onProgress?.(this.#replayed, of);
  }
}
