import { messageOf } from '@millrace/core';

import { TAKEN, type Delivery } from './alert-sink.ts';

/** Statuses that speak of what was sent; all others may pass, once somebody has seen to it. */
const REFUSING = new Set([400, 413, 415, 422]);
const MOST_ANSWER = 200;

export interface JsonPost {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One POST. User and password in the URL become `Authorization: Basic`; a redirect is not followed. */
export async function postJson({ url, body, headers }: JsonPost, signal: AbortSignal): Promise<Delivery> {
  try {
    const response = await fetch(withoutUser(url), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'millrace', ...basicOf(url), ...headers },
      body,
      signal,
    });
    return await deliveryOf(response);
  } catch (error) {
    return {
      outcome: 'failed',
      why: error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error),
    };
  }
}

async function deliveryOf(response: Response): Promise<Delivery> {
  if (response.ok) {
    await response.body?.cancel();
    return TAKEN;
  }
  const answer = (await response.text()).slice(0, MOST_ANSWER).trim();
  const why = `it answers ${response.status}${answer === '' ? '' : ` (${answer})`}`;
  if (REFUSING.has(response.status)) return { outcome: 'refused', why };
  const afterMs = Number(response.headers.get('retry-after')) * 1000;
  return { outcome: 'failed', why, ...(afterMs > 0 && { afterMs }) };
}

function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function basicOf({ username, password }: URL): { readonly authorization?: string } {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
