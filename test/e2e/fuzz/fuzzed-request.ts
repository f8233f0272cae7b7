import { deflateSync, gzipSync } from 'node:zlib';

import type { FuzzSource } from './fuzz-source.ts';

export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Door {
  /** Where it answers; what stands in braces is changed at times. */
  readonly paths: readonly string[];
  readonly types: readonly string[];
  /** Headers that it reads. */
  readonly headers: readonly string[];
  readonly bodies: readonly object[];
}

const METHODS = ['POST', 'POST', 'POST', 'POST', 'GET', 'PUT', 'OPTIONS', 'HEAD', 'DELETE'];
const VALUES = ['', '0', '-1', '99999999999999999999', '17', 'é', '%00', '%', 'a'.repeat(2000), 'a, b', 'true'];

/** A request for a door, mostly at the right place, with something wrong in it. */
export function fuzzedRequest(source: FuzzSource, door: Door): FuzzedRequest {
  const { body, coding } = codedBody(source, door);
  const headers: Record<string, string> = {
    'content-type': source.of([...door.types, ...door.types, 'text/plain', 'x']),
  };
  if (coding !== null) headers['content-encoding'] = coding;
  while (source.random() < 0.3) headers[source.of(door.headers)] = source.of(VALUES);
  const method = source.of(METHODS);
  return { method, path: fuzzedPath(source, door), headers, body: method === 'POST' ? body : Buffer.alloc(0) };
}

function fuzzedPath(source: FuzzSource, { paths }: Door): string {
  const path = source.of(paths);
  const query = source.random() < 0.1 ? `?${encodeURIComponent(source.text(8))}=${source.of(VALUES.slice(0, 5))}` : '';
  if (source.random() < 0.9) return path + query;
  const parts = path.split('/');
  parts[source.below(parts.length)] = source.of([
    '..',
    '%2e%2e%2f',
    '__proto__',
    encodeURIComponent(source.text(6)),
    '%zz',
    '%',
  ]);
  return `/${parts.join('/')}${query}`.replace(/^\/+/, '/');
}

function codedBody(source: FuzzSource, { bodies }: Door): { readonly body: Buffer; readonly coding: string | null } {
  const one = (): Buffer => source.json(source.of(bodies));
  const plain =
    source.random() < 0.8 ? one() : Buffer.concat([one(), Buffer.from(source.of(['\n', '\r\n', ','])), one()]);
  const coding = source.random() < 0.8 ? null : source.of(['gzip', 'deflate', 'identity', 'br', 'gzip, gzip']);
  if (coding === 'gzip')
    return { body: source.random() < 0.5 ? gzipSync(plain) : source.mangled(gzipSync(plain)), coding };
  return { body: coding === 'deflate' ? deflateSync(plain) : plain, coding };
}
