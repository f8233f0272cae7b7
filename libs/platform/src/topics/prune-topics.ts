import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { latestByKey, type Log, type LogAdmin } from '@millrace/stream';

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
  const admin = log.admin();
  try {
    const topics = await internalTopics(admin, name);
    const sets = new Set(topics.map((topic) => setOf(topic, name)).filter((set) => set !== featureSet));
    for (const set of sets) await deleteGroups(admin, name, set);
    const old = topics.filter((topic) => sets.has(setOf(topic, name)));
    await admin.delete(old);
    await deleteNotes(log, names.control, sets);
    return old.toSorted();
  } finally {
    await admin.close();
  }
}

async function internalTopics(admin: LogAdmin, name: string): Promise<readonly string[]> {
  return (await admin.list()).filter((topic) => topic.startsWith(`${name}.`) && setOf(topic, name) !== '');
}

/** The feature set in an internal topic's name; empty where it is none. */
function setOf(topic: string, name: string): string {
  return /^\.([0-9a-f]{8})\./.exec(topic.slice(name.length))?.[1] ?? '';
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

async function deleteNotes(log: Log, control: string, sets: ReadonlySet<string>): Promise<void> {
  const [source, publisher] = [log.source(), log.publisher()];
  try {
    const notes = await latestByKey(source, control, (key) => key.split(/[:./]/).some((part) => sets.has(part)));
    const keys = [...notes].flatMap(([key, value]) => (value === null ? [] : [key]));
    if (keys.length > 0)
      await publisher.publish(keys.map((key) => ({ topic: control, partition: 0, key, value: null })));
  } finally {
    await Promise.allSettled([source.close(), publisher.close()]);
  }
}
