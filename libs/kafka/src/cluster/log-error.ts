import { AppError, messageOf } from '@millrace/core';

import { ProtocolError } from '../requests/protocol-error.ts';

/**
 * What an error of the client or of a broker means to Millrace. A connection that broke is a passing error.
 *
 * @param doing what failed, as in "joining group g"
 */
export function logError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof ProtocolError ? error.means : 'LOG_UNAVAILABLE';
  const advice = code === 'RIGHTS_MISSING' ? '. Grant what is needed (docs/security.md)' : '';
  return new AppError(code, `${doing}: ${messageOf(error)}${advice}`, { cause: error });
}
