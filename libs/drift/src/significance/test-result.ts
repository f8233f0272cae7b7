/** A statistic with the probability of one as large, were there no difference. */
export interface TestResult {
  readonly statistic: number;
  /** In [0, 1]. */
  readonly p: number;
}

/** Of samples that cannot differ: one is empty, or there is one bin only. */
export const NO_DIFFERENCE: TestResult = { statistic: 0, p: 1 };
