import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { readLatest, type Log, type StartFrom } from '@millrace/stream';

/** Of the note on `<p>.control` that says by which feature set events are taken. */
const KEY = 'plan';

/**
 * Notes that ingest takes events by this plan from now on.
 *
 * @param from where the operator said that ingest starts: that is also the word that the plan has changed on purpose
 * @throws AppError `PLAN_CHANGED` where it was another feature set that ran before, and nobody said where the new one starts
 */
export async function notePlan({ name, featureSet, names }: Plan, log: Log, from?: StartFrom): Promise<void> {
  const running = await runningFeatureSet(log, names.control);
  if (running === featureSet) return;
  if (running !== null && from === undefined)
    throw new AppError(
      'PLAN_CHANGED',
      `${name} ran with the feature set ${running}, and this file makes ${featureSet}: event types, predict.on, predict.key or features have changed. ` +
        'Windows are not carried over in this version: the new set begins with empty ones. Stop the services of the old set, and start once with ' +
        '--from latest (or a time), which answers only what comes from there on, or --from earliest, which answers all that is in the topic again.',
    );
  const publisher = log.publisher();
  try {
    await publisher.publish([
      { topic: names.control, partition: 0, key: KEY, value: JSON.stringify({ feature_set: featureSet }) },
    ]);
  } finally {
    await publisher.close();
  }
}

/** By which events are taken; null where none ever were. */
export async function runningFeatureSet(log: Log, control: string): Promise<string | null> {
  const source = log.source();
  try {
    const note = await readLatest(source, control, KEY);
    return note && (JSON.parse(note.toString('utf8')) as { readonly feature_set: string }).feature_set;
  } finally {
    await source.close();
  }
}
