const POLL_MS = 20;

/** Waits until `check` holds. @throws Error that says what was waited for, after `limitMs` */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  limitMs = 60_000,
  pollMs = POLL_MS,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
