/**
 * Whether a tier must be left out here, since `find` does not find what it needs, and what the closing lines say then: `line` is
 * null where it can run. Left out it counts as nothing, neither passed nor failed; who `asked` for it by name has it fail.
 */
export async function leftOut(find, { asked, say = () => {} }) {
  try {
    await find({ say });
    return { failed: 0, line: null };
  } catch ({ message }) {
    return asked
      ? { failed: 1, line: `0 passed, 1 failed: ${message}` }
      : { failed: 0, line: `NOT RUN, and counted as nothing: ${message}` };
  }
}
