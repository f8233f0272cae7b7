import type { IncomingMessage } from 'node:http';

import { AppError } from '@millrace/core';

/** Change nothing (RFC 9110 section 9.2.1), and what they answer no page of another origin can read. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * A door that listens on loopback asks for no key, and a browser there runs pages of anybody: what such a page sends without
 * asking is refused. Only browsers say where a request comes from: `Sec-Fetch-Site` (W3C Fetch Metadata), or `Origin` (RFC 6454)
 * where the page's address is not one that they trust.
 *
 * @throws AppError `CROSS_ORIGIN`
 */
export function assertSameOrigin({ method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>): void {
  if (SAFE_METHODS.includes(method)) return;
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site === undefined ? origin === undefined || isAt(origin, host) : site === 'same-origin' || site === 'none')
    return;
  throw new AppError(
    'CROSS_ORIGIN',
    `found ${method} from a page of ${origin ?? `another origin (Sec-Fetch-Site: ${String(site)})`}; allowed are pages of this door, and all that is no browser.`,
  );
}

/** `null` is the origin of a page that has none. */
function isAt(origin: string, host: string | undefined): boolean {
  return URL.parse(origin)?.host === host;
}
