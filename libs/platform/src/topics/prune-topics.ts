import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { latestByKey, type Log, type LogAdmin, type RecordSource } from '@millrace/stream';

import { SERVICE_NAMES } from '../bootstrap/service-options.ts';
import { runningFeatureSet } from './running-plan.ts';

/**
 * Deletes all that is left of this pipeline's other feature sets: internal topics, groups with their positions, and
 * notes on `<p>.control`. Then one of them may run again, as if it never had.
 *
 * @returns the topics' names
 * @throws AppError `PLAN_CHANGED` where events are taken by one of them, or its services still run
 */
export async function pruneTopics({ name, featureSet, names }: Plan, log: Log): Promise<readonly string[]> {
  const running = await runningFeatureSet(log, names.control);
  if (running !== null && running !== featureSet)
    throw new AppError(
      'PLAN_CHANGED',
      `events of ${name} are taken by the feature set ${running}, and --prune would delete its topics. Wait until this one (${featureSet}) answers.`,
    );
  const [admin, source, publisher] = [log.admin(), log.source(), log.publisher()];
  try {
    const topics = (await admin.list()).filter((topic) => setOfTopic(topic, name) !== null);
    const notes = await notesOn(source, names.control);
    const known = [...topics.map((topic) => setOfTopic(topic, name)), ...notes.map(setOfNote)];
    const sets = new Set(known.filter((set) => set !== null).filter((set) => set !== featureSet));
    for (const set of sets) await deleteGroups(admin, name, set);
    const old = topics.filter((topic) => sets.has(setOfTopic(topic, name) ?? ''));
    await admin.delete(old);
    // last, so that what is interrupted can be run again
    const left = notes.filter((key) => isOfAny(key, sets));
    await publisher.publish(left.map((key) => ({ topic: names.control, partition: 0, key, value: null })));
    return old.toSorted();
  } finally {
    await Promise.allSettled([admin.close(), source.close(), publisher.close()]);
  }
}

/** The keys of those that are there. */
async function notesOn(source: RecordSource, control: string): Promise<readonly string[]> {
  const notes = await latestByKey(source, control, () => true);
  return [...notes].flatMap(([key, value]) => (value === null ? [] : [key]));
}

/** The feature set in an internal topic's name; null where it is none of this pipeline's. */
function setOfTopic(topic: string, name: string): string | null {
  if (!topic.startsWith(`${name}.`)) return null;
  return /^\.([0-9a-f]{8})\./.exec(topic.slice(name.length))?.[1] ?? null;
}

/** The set that a note is about; null where it is about something else. */
function setOfNote(key: string): string | null {
  return /^(?:offer|given-over|drained|refilled|progress|pseudonym-key):([0-9a-f]{8})/.exec(key)?.[1] ?? null;
}

/** Also the notes of a set's groups, which have it in their names. */
function isOfAny(key: string, sets: ReadonlySet<string>): boolean {
  return key.split(/[:./]/).some((part) => sets.has(part));
}

/** @throws AppError `PLAN_CHANGED` */
async function deleteGroups(admin: LogAdmin, name: string, set: string): Promise<void> {
  for (const service of SERVICE_NAMES) {
    if (await admin.deleteGroup(`${name}.${service}.${set}`)) continue;
    throw new AppError(
      'PLAN_CHANGED',
      `${service} of the feature set ${set} of ${name} still runs, and --prune would delete its topics. Stop the services of that set first.`,
    );
  }
}
