import { AppError, messageOf, type ErrorCode } from '@millrace/core';

import { protocolErrorType } from '../requests/protocol-error.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  REBALANCE_IN_PROGRESS: 'REBALANCED',
  ILLEGAL_GENERATION: 'REBALANCED',
  UNKNOWN_MEMBER_ID: 'REBALANCED',
  FENCED_INSTANCE_ID: 'INSTANCE_FENCED',
  INVALID_PRODUCER_EPOCH: 'PRODUCER_FENCED',
  PRODUCER_FENCED: 'PRODUCER_FENCED',
  TRANSACTION_COORDINATOR_FENCED: 'PRODUCER_FENCED',
  INVALID_TXN_STATE: 'PRODUCER_FENCED',
  INVALID_PRODUCER_ID_MAPPING: 'PRODUCER_FENCED',
  MESSAGE_TOO_LARGE: 'RECORD_REFUSED',
  RECORD_LIST_TOO_LARGE: 'RECORD_REFUSED',
  INVALID_RECORD: 'RECORD_REFUSED',
  INVALID_TIMESTAMP: 'RECORD_REFUSED',
  OFFSET_METADATA_TOO_LARGE: 'MARKER_TOO_LARGE',
  TOPIC_AUTHORIZATION_FAILED: 'LOG_UNREACHABLE',
  GROUP_AUTHORIZATION_FAILED: 'LOG_UNREACHABLE',
  CLUSTER_AUTHORIZATION_FAILED: 'LOG_UNREACHABLE',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'LOG_UNREACHABLE',
};

/**
 * What an error of the client or of a broker means to Millrace. Whatever is not known is a passing one: the engine
 * drops what it has and looks at what is committed.
 *
 * @param doing what failed, as in "joining group g"
 */
export function logError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  const code = CODES[protocolErrorType(error) ?? ''] ?? 'LOG_UNAVAILABLE';
  return new AppError(code, `${doing}: ${messageOf(error)}`, { cause: error });
}
