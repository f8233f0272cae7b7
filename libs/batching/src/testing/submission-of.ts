import { Submission, type SubmissionTerms } from '../submission.ts';

/** A submission of these rows, of the topic unless said otherwise. */
export function submissionOf(
  rows: readonly number[],
  terms: Partial<SubmissionTerms<number>> = {},
): Submission<number, number> {
  const [bytes, arrivedMs, dueMs, expiresMs] = [rows.length, 0, 0, Infinity];
  const rest = { source: 'topic', priority: 'normal', explain: false } as const;
  return new Submission({ rows, bytes, arrivedMs, dueMs, expiresMs, ...rest, ...terms });
}
