import { readFile } from 'node:fs/promises';

import { messageOf, type Clock } from '@millrace/core';

import type { OauthClient } from '../config/platform-config.ts';

const ATTEMPT_MS = 10_000;
/** A token that has less of its time left is not handed out any more. */
const FRESH_SHARE = 0.2;

interface Token {
  readonly value: string;
  /** By the monotonic clock. */
  readonly freshUntilMs: number;
}

/**
 * What a client shows a broker by OAUTHBEARER (KIP-255, RFC 7628): tokens of the client credentials grant (KIP-768, RFC 6749
 * section 4.4), each handed out until a fifth of its time is left; or what is in a file, read each time, since whoever writes it
 * renews it.
 */
export class OauthTokens {
  readonly #client: OauthClient;
  readonly #clock: Clock;
  #token: Promise<Token> | null = null;

  constructor(client: OauthClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** @throws Error that says where no token came from, and why; never what was sent */
  async token(): Promise<string> {
    const { tokenUrl } = this.#client;
    if (tokenUrl.protocol === 'file:') return (await readFile(tokenUrl, 'utf8')).trim();
    const kept = this.#token;
    const token = await kept?.catch(() => null);
    if (token && this.#clock.elapsed() < token.freshUntilMs) return token.value;
    if (this.#token !== kept) return this.token(); // somebody has asked meanwhile
    this.#token = this.#ask();
    return (await this.#token).value;
  }

  async #ask(): Promise<Token> {
    const { tokenUrl, id, secret, scope } = this.#client;
    const askedMs = this.#clock.elapsed();
    try {
      const response = await fetch(tokenUrl, {
        method: 'POST',
        headers: { authorization: `Basic ${basic(id, secret)}`, accept: 'application/json' },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== null && { scope }) }),
        redirect: 'error',
        signal: AbortSignal.timeout(ATTEMPT_MS),
      });
      const { value, lifeMs } = await read(response);
      return { value, freshUntilMs: askedMs + lifeMs * (1 - FRESH_SHARE) };
    } catch (error) {
      const { origin, pathname } = tokenUrl;
      throw new Error(`no token from ${origin}${pathname}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** RFC 6749 sections 5.1 and 5.2. A token without a life is used once. */
async function read(response: Response): Promise<{ readonly value: string; readonly lifeMs: number }> {
  const answer = (await response.json().catch(() => null)) as Readonly<Record<string, unknown>> | null;
  const { access_token: value, expires_in: seconds, error } = answer ?? {};
  if (!response.ok) throw new Error(`it answers ${response.status}${typeof error === 'string' ? `, ${error}` : ''}`);
  if (typeof value !== 'string') throw new Error('its answer has no access_token');
  return { value, lifeMs: typeof seconds === 'number' ? seconds * 1000 : 0 };
}

/** RFC 6749 section 2.3.1: each part is form-encoded before they are joined. */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((part) => encodeURIComponent(part).replaceAll('%20', '+'));
  return Buffer.from(encoded.join(':')).toString('base64');
}
