import { AppError } from '@millrace/core';

/**
 * What follows an error of a round. An unforeseen error is a bug and stops the process; a refused record comes again in
 * a smaller batch (`caution.ts`).
 */
export function recoveryFrom(error: unknown): 'retry' | 'rejoin' | 'fatal' {
  if (!(error instanceof AppError)) return 'fatal';
  if (error.class === 'rejoin' || error.code === 'PRODUCER_FENCED') return 'rejoin';
  return error.class === 'retry' || error.code === 'RECORD_REFUSED' ? 'retry' : 'fatal';
}
