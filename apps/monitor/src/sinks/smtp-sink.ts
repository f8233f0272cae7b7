import { createHash } from 'node:crypto';

import { messageOf } from '@millrace/core';
import { createTransport, type Transporter } from 'nodemailer';

import { TAKEN, type AlertSink, type Delivery } from './alert-sink.ts';
import type { Alert } from './alert.ts';
import { describeAlert } from './describe-alert.ts';

/** The server's answers that speak of this mail: 552 to 554 but not the sender's rights (RFC 5321 section 4.2.3). */
const REFUSING = new Set([552, 553, 554]);
const WAIT_MS = 10_000;

export interface SmtpSettings {
  readonly url: URL;
  readonly from: string;
  readonly to: readonly string[];
}

/** Sends an e-mail per alert. Those of one incident refer to its first, so that they make one thread. */
export class SmtpSink implements AlertSink {
  readonly #settings: SmtpSettings;
  readonly #transport: Transporter;

  constructor(settings: SmtpSettings) {
    this.#settings = settings;
    const waits = { connectionTimeout: WAIT_MS, greetingTimeout: WAIT_MS, socketTimeout: WAIT_MS, dnsTimeout: WAIT_MS };
    this.#transport = createTransport({ url: settings.url.href, ...waits });
  }

  async send(alert: Alert, signal: AbortSignal): Promise<Delivery> {
    const aborted = Promise.withResolvers<Delivery>();
    const abort = (): void => aborted.resolve({ outcome: 'failed', why: messageOf(signal.reason) });
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.#mail(alert), aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #mail(alert: Alert): Promise<Delivery> {
    const { from, to } = this.#settings;
    const { title, lines } = describeAlert(alert);
    const thread = messageId(alert.value.id);
    const mail = {
      from,
      to: [...to],
      subject: title,
      text: `${lines.join('\n')}\n`,
      references: thread,
      inReplyTo: thread,
    };
    try {
      await this.#transport.sendMail({ ...mail, messageId: messageId(alert.eventId) });
      return TAKEN;
    } catch (error) {
      const refused = REFUSING.has((error as { readonly responseCode?: number }).responseCode ?? 0);
      return { outcome: refused ? 'refused' : 'failed', why: messageOf(error) };
    }
  }
}

/** The same with each try. */
function messageId(of: string): string {
  return `<${createHash('sha256').update(of).digest('hex').slice(0, 32)}@millrace>`;
}
