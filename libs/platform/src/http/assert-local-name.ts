import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

import { AppError } from '@millrace/core';

const LOCAL = /^(.+\.)?localhost$/;

/**
 * For a door that asks for no key, since only this machine reaches it: anybody's page can have a name that DNS leads to 127.0.0.1, and
 * then is of the door's own origin to a browser ("DNS rebinding"), which lets it read and send. Nobody has `localhost` (RFC 6761)
 * or an address for a name.
 *
 * @throws AppError `CROSS_ORIGIN`
 */
export function assertLocalName({ headers: { host } }: Pick<IncomingMessage, 'headers'>): void {
  const name = host === undefined ? 'localhost' : URL.parse(`http://${host}`)?.hostname;
  if (name !== undefined && (LOCAL.test(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0)) return;
  throw new AppError(
    'CROSS_ORIGIN',
    `found a request to the host ${String(host)}, whose name may be that of anybody's page; without keys a door on loopback answers to localhost and to addresses. ` +
      'Use one of them, or set MILLRACE_API_KEYS.',
  );
}
