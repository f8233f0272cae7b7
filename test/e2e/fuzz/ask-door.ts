import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

import type { FuzzedRequest } from './fuzzed-request.ts';

export interface FuzzedAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** Longer than any of them should take. */
const LIMIT_MS = 20_000;
const AGENT = new Agent({ keepAlive: true, maxSockets: 8 });

/** Sends what no client would: paths and headers go as they are. @throws Error where there is no answer, or a late one */
export function askDoor(url: string, { method, path, headers, body }: FuzzedRequest): Promise<FuzzedAnswer> {
  const { hostname, port } = new URL(url);
  const signal = AbortSignal.timeout(LIMIT_MS);
  const options = { hostname, port, method, path, agent: AGENT, signal };
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, headers: { ...headers, 'content-length': body.length } }, (answer) => {
      buffer(answer).then((found) => resolve({ status: answer.statusCode ?? 0, body: found }), reject);
    });
    asked.on('error', reject).end(body);
  });
}
