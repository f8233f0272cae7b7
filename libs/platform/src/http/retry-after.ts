const DEFAULT_MS = 1000;

/** When to try again: what the error advises, else in a second. */
export function retryAfterMs(error: unknown): number {
  const ms = (error as { readonly retryAfterMs?: unknown }).retryAfterMs;
  return typeof ms === 'number' ? ms : DEFAULT_MS;
}
