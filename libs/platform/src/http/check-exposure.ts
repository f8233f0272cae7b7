import { AppError } from '@millrace/core';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Whether a host or address is this machine's own; IPv4 addresses may be written as IPv6 has them. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.replace(/^::ffff:/, ''));
}

/**
 * Anybody who reaches the door of ingest can publish events, at the scorer's use the model, and at the monitor's silence it: beyond this machine only
 * with keys.
 *
 * @throws AppError `EXPOSED_WITHOUT_KEYS`
 */
export function checkExposure(host: string, apiKeys: readonly unknown[]): void {
  if (isLoopback(host) || apiKeys.length > 0) return;
  throw new AppError(
    'EXPOSED_WITHOUT_KEYS',
    `the host is ${host} and no API keys are set. Set MILLRACE_API_KEYS, or listen on 127.0.0.1.`,
  );
}
