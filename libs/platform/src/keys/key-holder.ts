import { AppError } from '@millrace/core';

import type { KeyRights } from './api-key.ts';

/** Who asks, and what they may do. */
export class KeyHolder {
  readonly #rights: KeyRights | null;

  /** @param rights null: everything */
  constructor(rights: KeyRights | null) {
    this.#rights = rights;
  }

  /** Types of events that they may send; null: all. */
  get eventTypes(): readonly string[] | null {
    return this.#rights?.events ?? null;
  }

  /**
   * @param model null: what is for those alone who may do everything
   * @throws AppError `FORBIDDEN`
   */
  checkModel(model: string | null): void {
    const rights = this.#rights;
    if (rights === null || (model !== null && rights.models.includes(model))) return;
    const asked = model === null ? 'what is for keys that may do everything' : model;
    throw new AppError('FORBIDDEN', `asked for ${asked}; this key may ask ${rights.models.join(', ') || 'no model'}.`);
  }
}
