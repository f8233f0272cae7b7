import { timingSafeEqual } from 'node:crypto';

import { AppError, type Clock } from '@millrace/core';

import type { ApiKey } from './api-key.ts';
import { KeyHolder } from './key-holder.ts';
import { digestOf } from './parse-api-keys.ts';
import { RateExceeded } from './rate-exceeded.ts';
import { RequestRate } from './request-rate.ts';

const ANYBODY = new KeyHolder(null);

/** The keys that open a service's doors (`Authorization: Bearer …`, RFC 6750); without any they are open. */
export class ApiKeys {
  readonly #keys: readonly { readonly key: ApiKey; readonly holder: KeyHolder; readonly rate: RequestRate | null }[];
  readonly #clock: Clock;

  constructor(keys: readonly ApiKey[], clock: Clock) {
    this.#clock = clock;
    this.#keys = keys.map((key) => ({
      key,
      holder: new KeyHolder(key.rights),
      rate: key.mostPerSecond === null ? null : new RequestRate(key.mostPerSecond, clock.elapsed()),
    }));
  }

  /** Whether there are no keys. */
  get isOpen(): boolean {
    return this.#keys.length === 0;
  }

  /**
   * Lets a request in, which counts.
   *
   * @throws AppError `UNAUTHORIZED`, `RATE_EXCEEDED`
   */
  admit(authorization: string | undefined): KeyHolder {
    if (this.isOpen) return ANYBODY;
    const { key, holder, rate } = this.#find(authorization);
    const waitMs = rate?.take(this.#clock.elapsed()) ?? 0;
    if (waitMs > 0) throw new RateExceeded(key.mostPerSecond as number, waitMs);
    return holder;
  }

  /** @throws AppError `UNAUTHORIZED` */
  check(authorization: string | undefined): void {
    if (!this.isOpen) this.#find(authorization);
  }

  #find(authorization: string | undefined) {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given === undefined)
      throw new AppError('UNAUTHORIZED', 'found no key; send the header Authorization: Bearer KEY.');
    const digest = digestOf(given);
    // all are compared, in constant time: how long it takes says nothing about the keys
    const [found] = this.#keys.filter(({ key }) => timingSafeEqual(key.digest, digest));
    if (!found) throw new AppError('UNAUTHORIZED', 'the key is not one of those configured.');
    return found;
  }
}
