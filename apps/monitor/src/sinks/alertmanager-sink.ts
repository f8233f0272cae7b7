import type { Clock } from '@millrace/core';

import type { AlertSink, Delivery } from './alert-sink.ts';
import type { Alert } from './alert.ts';
import { describeAlert } from './describe-alert.ts';
import { postJson } from './post-json.ts';

const YEAR_MS = 365 * 86_400_000;

/**
 * Posts to Alertmanager's API v2. An incident is one alert there, by its labels, which stay the same. What ends is said
 * to end now; what is open would be taken as over after `resolve_timeout` if it had no end, so it has one far away.
 */
export class AlertmanagerSink implements AlertSink {
  readonly #url: URL;
  readonly #pipeline: string;
  readonly #clock: Clock;

  constructor(url: URL, pipeline: string, clock: Clock) {
    this.#url = new URL(url);
    this.#url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v2/alerts`;
    this.#pipeline = pipeline;
    this.#clock = clock;
  }

  send(alert: Alert, signal: AbortSignal): Promise<Delivery> {
    return postJson({ url: this.#url, body: JSON.stringify([this.#postable(alert)]) }, signal);
  }

  #postable(alert: Alert): object {
    const { id, signal, model, version, variant, severity, event, opened_at: openedAt } = alert.value;
    const { title, lines } = describeAlert(alert);
    const now = this.#clock.now();
    const over = event === 'resolved' || alert.overSince;
    return {
      labels: {
        alertname: 'MillraceIncident',
        pipeline: this.#pipeline,
        model,
        version,
        variant,
        signal,
        severity,
        incident: id,
      },
      ...(alert.page !== null && { generatorURL: alert.page }),
      annotations: { summary: title, description: lines.join('\n') },
      // event time may be ahead of the wall clock, and an alert that ends before it starts is refused
      startsAt: new Date(Math.min(Date.parse(openedAt), now)).toISOString(),
      endsAt: new Date(over ? now : now + YEAR_MS).toISOString(),
    };
  }
}
