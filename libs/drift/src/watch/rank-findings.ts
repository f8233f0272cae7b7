/** What a finding weighs by. */
export interface Weighed {
  /** Log e-value of the window. */
  readonly logE: number;
  /** How much the signal matters to the model; 1 where that is not known. */
  readonly importance?: number;
}

/**
 * Findings of one window, those that weigh most first, each with its share of log e × importance; negative evidence weighs
 * nothing.
 *
 * ```ts
 * rankFindings([{ logE: 10 }, { logE: 15, importance: 2 }]).map(({ share }) => share); // [0.75, 0.25]
 * ```
 */
export function rankFindings<T extends Weighed>(findings: readonly T[]): readonly (T & { readonly share: number })[] {
  const weight = ({ logE, importance = 1 }: T): number => Math.max(0, logE) * importance;
  const all = findings.reduce((sum, finding) => sum + weight(finding), 0);
  const shared = findings.map((finding) => ({ ...finding, share: all > 0 ? weight(finding) / all : 0 }));
  return shared.toSorted((a, b) => b.share - a.share);
}
