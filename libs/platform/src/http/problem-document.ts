import { STATUS_CODES } from 'node:http';

import { isAppError, type ErrorCode } from '@millrace/core';
import { HttpException } from '@nestjs/common';

export const PROBLEM_JSON = 'application/problem+json';

/** RFC 9457. */
export interface ProblemDocument {
  /** `urn:millrace:error:<code>`, or `about:blank` where the status says it all. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** A code of the error table. */
  readonly code?: ErrorCode;
}

/** What Fastify refuses before a controller sees it, in our words. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'BODY_UNPARSEABLE',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** What a client is told. Of what was not foreseen, nothing: it is a bug, and the log has it. */
export function problemDocument(error: unknown): ProblemDocument {
  if (isAppError(error)) return coded(error.code, error.title, error.status, error.detail);
  if (!(error instanceof HttpException)) return plain(500);
  const status = error.getStatus();
  const code = CODES[status];
  return code === undefined
    ? plain(status, error.message)
    : coded(code, STATUS_CODES[status] ?? 'Error', status, error.message);
}

function coded(code: ErrorCode, title: string, status: number, detail: string): ProblemDocument {
  return { type: `urn:millrace:error:${code}`, title, status, detail, code };
}

function plain(status: number, detail?: string): ProblemDocument {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
  };
}
