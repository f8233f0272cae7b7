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
    this.#health.checkOpen();
    return true;
  }
}
