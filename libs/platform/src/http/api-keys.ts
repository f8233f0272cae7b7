import { createHash, timingSafeEqual } from 'node:crypto';

import { AppError } from '@millrace/core';

/** The keys that open the door (`Authorization: Bearer …`, RFC 6750); without any it is open. */
export class ApiKeys {
  readonly #digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#digests = keys.map(digest);
  }

  /** Whether there are no keys. */
  get isOpen(): boolean {
    return this.#digests.length === 0;
  }

  /** @throws AppError `UNAUTHORIZED` */
  check(authorization: string | undefined): void {
    if (this.isOpen) return;
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given === undefined)
      throw new AppError('UNAUTHORIZED', 'found no key; send the header Authorization: Bearer KEY.');
    const found = digest(given);
    // all are compared, in constant time: how long it takes says nothing about the keys
    if (this.#digests.filter((known) => timingSafeEqual(known, found)).length === 0)
      throw new AppError('UNAUTHORIZED', 'the key is not one of those configured.');
  }
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
