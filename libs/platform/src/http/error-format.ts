import { PROBLEM_JSON, type ProblemDocument } from './problem-document.ts';

/** How errors are said below a path whose protocol has a way of its own. */
export interface ErrorFormat {
  /** `/v2`: this path, and what is below it. */
  readonly path: string;
  readonly contentType: string;
  readonly body: (problem: ProblemDocument) => object;
}

const PROBLEM_FORMAT: ErrorFormat = { path: '', contentType: PROBLEM_JSON, body: (problem) => problem };

/** The format of a request's path; problem documents, where nobody has another. */
export function errorFormatOf(url: string, formats: readonly ErrorFormat[]): ErrorFormat {
  const [path = ''] = url.split('?', 1);
  return formats.find((format) => path === format.path || path.startsWith(`${format.path}/`)) ?? PROBLEM_FORMAT;
}
