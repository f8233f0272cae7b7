import { AppError } from '@millrace/core';
import { ServiceHealth } from '@millrace/platform';
import { Injectable, type CanActivate } from '@nestjs/common';

/** Turns away what comes to a service that has failed or shuts down. */
@Injectable()
export class OpenGuard implements CanActivate {
  readonly #health: ServiceHealth;

  constructor(health: ServiceHealth) {
    this.#health = health;
  }

  /** @throws AppError `NOT_READY` */
  canActivate(): boolean {
    const { checks } = this.#health.open();
    const wrong = checks.find(({ ok }) => !ok);
    if (wrong) throw new AppError('NOT_READY', `${wrong.detail}; ask another instance.`);
    return true;
  }
}
