import { AppError } from '@millrace/core';

import type { HealthCheck, HealthReport } from './health-check.ts';
import { healthReport } from './health-check.ts';

/** What probes ask: is the process worth keeping (live), and may it be sent work (ready)? */
export class ServiceHealth {
  readonly #service: string;
  readonly #checks: readonly HealthCheck[];
  #failure: string | null = null;
  #stopping = false;

  constructor(service: string, checks: readonly HealthCheck[]) {
    this.#service = service;
    this.#checks = checks;
  }

  /** The stage ended with an error; nothing brings it back but a new process. */
  failed(message: string): void {
    this.#failure = message;
  }

  stopping(): void {
    this.#stopping = true;
  }

  live(): HealthReport {
    return healthReport(this.#service, [this.#running()]);
  }

  /** Whether its doors may be asked, whatever the stream does. */
  open(): HealthReport {
    return healthReport(this.#service, [this.#running(), this.#notStopping()]);
  }

  /** @throws AppError `NOT_READY` where its doors may not be asked */
  checkOpen(): void {
    const wrong = this.open().checks.find(({ ok }) => !ok);
    if (wrong) throw new AppError('NOT_READY', `${wrong.detail}; ask another instance.`);
  }

  ready(): HealthReport {
    return healthReport(this.#service, [this.#running(), this.#notStopping(), ...this.#checks]);
  }

  #notStopping(): HealthCheck {
    return { name: 'open', problem: () => (this.#stopping ? 'it is shutting down' : null) };
  }

  #running(): HealthCheck {
    return { name: 'running', problem: () => this.#failure };
  }
}
