import { expect } from 'vitest';

import { target } from './target.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface HttpCall {
  /** What is neither text nor bytes goes as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function get(path: string): Promise<HttpAnswer> {
  return call('GET', path, {});
}

export function post(path: string, body?: unknown, headers: HttpCall['headers'] = {}): Promise<HttpAnswer> {
  return call('POST', path, { body, headers: { 'content-type': 'application/json', ...headers } });
}

async function call(method: string, path: string, { body, headers }: HttpCall): Promise<HttpAnswer> {
  const plain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
  const response = await fetch(`${target.http}${path}`, {
    method,
    headers: { ...headers, ...(target.authorization !== null && { authorization: target.authorization }) },
    ...(body !== undefined && { body: plain ? (body as string | Buffer<ArrayBuffer>) : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

/** The JSON of a successful answer. */
export function jsonOf(answer: HttpAnswer): unknown {
  expect(answer.status, String(answer.body)).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
  return JSON.parse(String(answer.body));
}

/**
 * "A failed … request must be indicated by an HTTP error status (typically 400). The HTTP body must contain the
 * …_error_response object": `{ "error": $string }`. What is the client's fault has a status of the client's (RFC 9110).
 */
export function expectRefused(answer: HttpAnswer): void {
  const text = String(answer.body);
  expect(answer.status, text).toBeGreaterThanOrEqual(400);
  expect(answer.status, text).toBeLessThan(500);
  expect(JSON.parse(text)).toEqual(expect.objectContaining({ error: expect.stringMatching(/\S/) }));
}
