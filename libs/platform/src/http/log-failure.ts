import type { ServiceLogger } from '../logging/service-logger.ts';
import { problemDocument } from './problem-document.ts';

/** Logs what a client was told that is not the client's fault. */
export function logFailure(logger: ServiceLogger, error: unknown, fields: Readonly<Record<string, unknown>>): void {
  const { status, code, detail, title } = problemDocument(error);
  if (status < 500) return;
  if (code === undefined) logger.error(error, fields);
  else logger.warn(detail ?? title, { ...fields, code });
}
