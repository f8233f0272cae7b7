import { AppError } from '@millrace/core';
import { logError } from '../cluster/log-error.ts';
import { protocolErrorType } from '../requests/protocol-error.ts';

/** The group goes on at another broker: joining again finds it. */
const MOVED = ['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE'];

/** As `logError`, for what a group's coordinator answers. */
export function groupError(error: unknown, doing: string): AppError {
  if (!MOVED.includes(protocolErrorType(error) ?? '')) return logError(error, doing);
  return new AppError('REBALANCED', `${doing}: the coordinator has moved.`, { cause: error });
}
