import type { IncomingMessage } from 'node:http';

import { AppError } from '@millrace/core';

import type { BodyClaim } from './body-budget.ts';

/** The largest body of a request: a batch of events or tensors may be larger than one, and is bounded. */
export const BODY_BYTES = 16 << 20;

/** What gzip and deflate make of a byte at most. */
const MOST_EXPANSION = 1032;

/**
 * The bytes of a body. Where it is coded, the claim has what may become of it.
 *
 * @throws AppError `BODY_TOO_LARGE`, `OVERLOADED`; what the connection fails with
 */
export async function readBody(request: IncomingMessage, claim: BodyClaim): Promise<Buffer> {
  const coded = (request.headers['content-encoding'] ?? 'identity') !== 'identity';
  const costOf = (bytes: number): number => (coded ? bytes + Math.min(BODY_BYTES, bytes * MOST_EXPANSION) : bytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) throw tooLarge();
  // whoever is refused is to hear of it, so the connection stays
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    claim.add(costOf(bytes + chunk.length) - costOf(bytes));
    bytes += chunk.length;
    if (bytes > BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
}

function tooLarge(): AppError {
  return new AppError('BODY_TOO_LARGE', `the body is too large: ${BODY_BYTES} bytes are allowed.`);
}
