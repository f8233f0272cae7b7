import { loadPlan } from '@millrace/pipeline';

import { readTopic } from '../../e2e/read-topic.ts';
import { makeScratchPipeline, removeScratchPipeline } from '../../e2e/scratch-pipeline.ts';
import { windowsIn, type Told } from './compare-told.ts';
import { Fleet } from './fleet.ts';

/** Reading stops when nothing new has come for a while; more tries only where something is missing. */
const MOST_READS = 6;

/** What somebody who reads committed records finds of the monitor's words, once there are as many windows as expected. */
export async function readTold(
  brokers: string,
  names: { readonly alerts: string; readonly ledger: string },
  windows: number,
): Promise<Told> {
  for (let reads = 1; ; reads++) {
    const ledger = windowsIn((await readTopic(brokers, names.ledger)).values);
    if (ledger.length < windows && reads < MOST_READS) continue;
    return { windows: ledger, alerts: (await readTopic(brokers, names.alerts)).values };
  }
}

/**
 * What the monitor tells of the same events where nothing disturbs it: by the same services, in topics of their own.
 *
 * @param replay publishes all events
 * @param examples that there must be before it has told all
 */
export async function undisturbedTold(
  brokers: string,
  replay: (pipeline: string) => Promise<void>,
  examples: number,
): Promise<Told> {
  const pipeline = await makeScratchPipeline();
  try {
    const { names } = await loadPlan(pipeline.file);
    await using fleet = new Fleet(pipeline.file, brokers);
    await fleet.startAll();
    await replay(pipeline.file);
    for (let reads = 1; reads <= MOST_READS; reads++)
      if ((await readTopic(brokers, names.examples)).values.length >= examples) break;
    const told = await readTold(brokers, names, 0);
    await fleet.stop();
    return told;
  } finally {
    await removeScratchPipeline(pipeline);
  }
}
