import { ALIAS_NOTE, type Alias, type AliasInForce, type AliasOffer, type InboundRecord } from '@millrace/records';

/** An offer that was neither taken back nor followed by its switch. */
export interface OpenOffer extends AliasOffer {
  readonly number: number;
}

/** What `<p>.control` says about an alias of a model, as far as it has been read. */
export class AliasNotes {
  readonly #inForceKey: string;
  readonly #offerKey: string;
  #inForce: AliasInForce | null = null;
  #offer: OpenOffer | null = null;

  constructor(model: string, alias: Alias) {
    this.#inForceKey = ALIAS_NOTE.inForce(model, alias);
    this.#offerKey = ALIAS_NOTE.offer(model, alias);
  }

  get inForce(): AliasInForce | null {
    return this.#inForce;
  }

  get offer(): OpenOffer | null {
    return this.#offer;
  }

  /** A record of the topic; what is about something else is left out. */
  apply({ key, value, offset }: InboundRecord): void {
    const name = key?.toString('utf8');
    if (name === this.#inForceKey) this.#inForce = value && read<AliasInForce>(value);
    if (name === this.#offerKey) this.#offer = value && { ...read<AliasOffer>(value), number: offset };
  }
}

function read<T>(value: Buffer): T {
  return JSON.parse(value.toString('utf8')) as T;
}
