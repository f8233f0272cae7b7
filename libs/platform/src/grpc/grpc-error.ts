import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { isAppError } from '@millrace/core';

import { problemDocument } from '../http/problem-document.ts';
import { retryAfterMs } from '../http/retry-after.ts';

/** What the HTTP statuses of the error table are in gRPC. */
const STATUSES: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.FAILED_PRECONDITION,
  413: status.RESOURCE_EXHAUSTED,
  415: status.INVALID_ARGUMENT,
  422: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  499: status.CANCELLED,
  501: status.UNIMPLEMENTED,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

/**
 * The status that a client is told. Its trailers are `millrace-code`, a code of the error table, and of what may be tried
 * again `grpc-retry-pushback-ms` (gRFC A6).
 */
export function grpcError(error: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const problem = problemDocument(error);
  const metadata = new Metadata();
  if (isAppError(error)) metadata.set('millrace-code', error.code);
  if (problem.status === 429) metadata.set('grpc-retry-pushback-ms', String(retryAfterMs(error)));
  return { code: STATUSES[problem.status] ?? status.INTERNAL, details: problem.detail ?? problem.title, metadata };
}
