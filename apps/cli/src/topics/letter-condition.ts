import { textCondition } from '@millrace/pipeline';

import type { DeadLetterView } from './dead-letter-view.ts';

const NAMES = ['stage', 'code', 'reason', 'topic', 'type', 'key'] as const;

/** For the help of `--where`. */
export const WHERE = `a condition in CEL over ${NAMES.join(', ')}, which are texts: 'code == "NO_ID"'`;

export type LetterCondition = (letter: DeadLetterView) => boolean;

/**
 * What `--where` asks of a dead letter; what a letter does not say is the empty text. Without it every letter will do.
 *
 * @throws AppError `WRONG_USE` where it is no condition in CEL over these
 */
export function letterCondition(where: string | undefined): LetterCondition {
  if (where === undefined) return () => true;
  const condition = textCondition(where, NAMES);
  return ({ stage, code, reason, topic, type, key }) =>
    condition({
      stage: stage ?? '',
      code: code ?? '',
      reason: reason ?? '',
      topic: topic ?? '',
      type: type ?? '',
      key: key ?? '',
    });
}
