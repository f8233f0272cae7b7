import { createHash, createHmac } from 'node:crypto';

import type { Clock } from '@millrace/core';

import type { AlertSink, Delivery } from './alert-sink.ts';
import type { Alert } from './alert.ts';
import { postJson } from './post-json.ts';

/**
 * Posts each alert as a CloudEvent (1.0, JSON format), signed as Standard Webhooks 1.0.0 says: HMAC-SHA256 over
 * `id.timestamp.body`. The id is made of the event's, without a full stop in it; it stays the same with each try.
 */
export class WebhookSink implements AlertSink {
  readonly #url: URL;
  readonly #secret: Buffer;
  readonly #clock: Clock;

  constructor(url: URL, secret: Buffer, clock: Clock) {
    this.#url = url;
    this.#secret = secret;
    this.#clock = clock;
  }

  send(alert: Alert, signal: AbortSignal): Promise<Delivery> {
    const body = JSON.stringify(cloudEventOf(alert));
    const id = `msg_${createHash('sha256').update(alert.eventId).digest('hex').slice(0, 32)}`;
    const timestamp = String(Math.floor(this.#clock.now() / 1000));
    const signature = createHmac('sha256', this.#secret).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/cloudevents+json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    return postJson({ url: this.#url, body, headers }, signal);
  }
}

/** With the extension for distributed tracing, where there is a trace. */
function cloudEventOf({ type, source, eventId, time, traceparent, value }: Alert): object {
  const attributes = { specversion: '1.0', type, source, id: eventId, time, traceparent };
  return { ...attributes, datacontenttype: 'application/json', data: value };
}
