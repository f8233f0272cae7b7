import { PLAN_NOTE, type RunningPlan } from '@millrace/records';
import { readLatest, type Log } from '@millrace/stream';

/** By which events are taken; null where none ever were. */
export async function runningFeatureSet(log: Log, control: string): Promise<string | null> {
  const source = log.source();
  try {
    const note = await readLatest(source, control, PLAN_NOTE.running);
    return note && (JSON.parse(note.toString('utf8')) as RunningPlan).feature_set;
  } finally {
    await source.close();
  }
}
