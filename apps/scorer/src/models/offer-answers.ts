import { messageOf, type Clock } from '@millrace/core';
import { ALIAS_NOTE, type Alias, type AliasAnswer } from '@millrace/records';
import type { Publisher } from '@millrace/stream';

import type { AliasNotes, OpenOffer } from './alias-notes.ts';

const AGAIN_MS = 1000;

export interface OfferAnswersOptions {
  readonly model: string;
  readonly alias: Alias;
  readonly control: string;
  readonly notes: AliasNotes;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Loads the version, and sees that it could be champion. */
  readonly load: (version: string) => Promise<unknown>;
  /** For the log. */
  readonly onStep: (what: string) => void;
}

/**
 * What this instance says to those who would have an alias name another version: ready, once the version is loaded, or why not. Only who
 * is asked by name answers; who was killed by a version comes back under another.
 */
export class OfferAnswers {
  readonly #options: OfferAnswersOptions;
  readonly #closed = new AbortController();
  #memberId: string | null = null;
  /** Number of the offer that is being answered, or was. */
  #taken: number | null = null;

  constructor(options: OfferAnswersOptions) {
    this.#options = options;
  }

  /** The version that must stay, while it is offered to this instance. */
  get held(): string | null {
    const { offer } = this.#options.notes;
    return offer && offer.number === this.#taken ? offer.version : null;
  }

  joined(memberId: string): void {
    this.#memberId = memberId;
    this.news();
  }

  /** Something has become known. */
  news(): void {
    const { offer } = this.#options.notes;
    if (!offer || offer.number === this.#taken) return;
    if (this.#memberId === null || !offer.members.includes(this.#memberId)) return;
    this.#taken = offer.number;
    void this.#answer(offer, this.#memberId);
  }

  close(): void {
    this.#closed.abort();
  }

  async #answer(offer: OpenOffer, memberId: string): Promise<void> {
    const { model, alias, load, onStep } = this.#options;
    const title = `${model} ${offer.version} (number ${offer.number})`;
    onStep(`${title} is offered as ${alias}: it is loaded`);
    const refused = await load(offer.version).then(
      () => null,
      (error: unknown) => messageOf(error),
    );
    onStep(refused === null ? `${title} is ready` : `${title} is refused: ${refused}`);
    await this.#publish(memberId, { number: offer.number, refused });
  }

  /** Until it is said, or nobody waits for it any more. */
  async #publish(memberId: string, answer: AliasAnswer): Promise<void> {
    const { model, alias, control, publisher, clock, notes, onStep } = this.#options;
    const key = ALIAS_NOTE.answer(model, alias, memberId);
    const record = { topic: control, partition: 0, key, value: JSON.stringify(answer) };
    while (notes.offer?.number === answer.number && !this.#closed.signal.aborted) {
      try {
        return await publisher.publish([record]);
      } catch (error) {
        onStep(`the answer could not be written, and comes again: ${messageOf(error)}`);
        await clock.sleep(AGAIN_MS, this.#closed.signal);
      }
    }
  }
}
