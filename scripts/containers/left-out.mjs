import { findEngine } from './find-engine.mjs';

/**
 * Whether the tests in containers must be left out here, and what the closing lines say then: `line` is null where they can
 * run. Left out they count as nothing, neither passed nor failed; who `asked` for them by name has them fail.
 */
export async function leftOut({ asked, say }) {
  try {
    await findEngine({ say });
    return { failed: 0, line: null };
  } catch ({ message }) {
    return asked
      ? { failed: 1, line: `0 passed, 1 failed: ${message}` }
      : { failed: 0, line: `NOT RUN, and counted as nothing: ${message}` };
  }
}
