import type { RunningServices } from './running-services.ts';

/**
 * Says where the services are, and keeps them until the signal or until one of them fails.
 *
 * @throws AppError what one failed of, after all were stopped
 */
export async function runUntil(
  signal: AbortSignal,
  services: RunningServices,
  say: (line: string) => void,
): Promise<void> {
  for (const address of services.addresses()) say(address);
  say('ready');
  try {
    await Promise.race([aborted(signal), services.failed]);
  } finally {
    await services.stop();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
