import { AppError } from '@millrace/core';
import { PSEUDONYM_KEY, type Plan } from '@millrace/pipeline';
import { PLAN_NOTE, type KeyCheck } from '@millrace/records';
import type { Log, StartFrom } from '@millrace/stream';

import type { SetNotes } from './set-notes.ts';

/** No field has it: of this text all may know the pseudonym. */
const CHECKED_TEXT = '\0key';

export interface SameKeyOptions {
  readonly plan: Plan;
  readonly log: Log;
  /** With all that was on `<p>.control` when this begins. */
  readonly notes: SetNotes;
  /** Where the operator said that ingest starts: that is also the word to go on under another key. */
  readonly from: StartFrom | undefined;
}

/**
 * Two keys at once would give everyone two pseudonyms: whoever starts first in a feature set notes what tells its key from
 * others, and no key.
 *
 * @throws AppError `CONFIG_INVALID` where the set has another key
 */
export async function assertSameKey({ plan, log, notes, from }: SameKeyOptions): Promise<void> {
  const { names, featureSet, pseudonyms } = plan;
  if (pseudonyms.of === null) return;
  const check = pseudonyms.of(CHECKED_TEXT);
  const noted = notes.keyCheck(featureSet);
  if (noted === check) return;
  if (noted !== null && from === undefined)
    throw new AppError(
      'CONFIG_INVALID',
      `${PSEUDONYM_KEY}: found another key than the one that the feature set ${featureSet} has pseudonyms by. Set that one; to change it, stop all of ingest and start once with --from latest: ` +
        'docs/security.md (Pseudonyms) says what that costs.',
    );
  const publisher = log.publisher();
  try {
    const value = JSON.stringify({ check } satisfies KeyCheck);
    await publisher.publish([{ topic: names.control, partition: 0, key: PLAN_NOTE.pseudonymKey(featureSet), value }]);
  } finally {
    await publisher.close();
  }
}
