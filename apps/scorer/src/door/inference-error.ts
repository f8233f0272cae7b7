import type { ErrorFormat } from '@millrace/platform';

/** How the Open Inference Protocol says errors: one text; beside it the code of `docs/errors.md`. */
export const INFERENCE_ERROR: ErrorFormat = {
  path: '/v2',
  contentType: 'application/json',
  body: ({ title, detail, code }) => ({ error: detail ?? title, ...(code !== undefined && { code }) }),
};
