import type { Plan } from '@millrace/pipeline';
import { partitionOf, type OutboundRecord, type StageEvent } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { isTo, OpenStage, stageRecords } from './testing/open-stage.ts';
import { ended, NEW_YEAR, ridesPlan, watermark } from './testing/rides.ts';

const MINUTE = 60_000;
/** A zone whose key is placed in partition 0 of two. */
const ZONE_OF_0 = ['north', 'south', 'east', 'west'].find((zone) => partitionOf(zone, 2) === 0);

/** The rides, with the count of a zone in panes and exact; `retain_late` is ten minutes, `lateness` one. */
async function panedStage(): Promise<OpenStage> {
  const plan = await ridesPlan();
  const stages = plan.stages.map((stage): Plan['stages'][number] => {
    const [feature] = stage.features;
    if (!feature || stage.by[0] !== 'zone') return stage;
    return { ...stage, features: [feature, { ...feature, slot: 1, resolutionMs: 5 * MINUTE }] };
  });
  return OpenStage.with([0, 1], { stages });
}

/** What the exact and the paned count of the zone take from each event. */
function counted(records: readonly OutboundRecord[]): readonly StageEvent['values'][] {
  return stageRecords(records.filter(isTo('zone')))
    .filter((record) => record.kind === 'event')
    .map(({ values }) => values);
}

/** How long before the new year. */
const event = (minutes: number, partition = 0) => ({ value: ended(NEW_YEAR - minutes * MINUTE), partition });

describe('an event for features in panes', () => {
  it("is kept out of them when it is older than its partition's clock less events.retain_late", async () => {
    const ingest = await panedStage();
    ingest.process(event(0)); // the clock stands a minute before
    expect(counted(ingest.process(event(11)).records)).toEqual([[true, true]]);
    expect(counted(ingest.process(event(11 + 1 / MINUTE)).records)).toEqual([[true, null]]);
    expect(counted(ingest.process(event(60, 1)).records)).toEqual([[true, true]]);
    expect(ingest.overdue).toBe(1);
  });

  it('is judged by the highest that the clock ever stood at, over promises and a restart', async () => {
    const ingest = await panedStage();
    ingest.process(event(0));
    ingest.process({ value: watermark(NEW_YEAR - 60 * MINUTE, { partitions: [0] }) });
    expect(counted(ingest.process(event(11), event(12)).records)).toEqual([
      [true, true],
      [true, null],
    ]);
    const next = await panedStage();
    next.open(0, ingest.marker(0));
    expect(counted(next.process(event(11), event(12)).records)).toEqual([
      [true, true],
      [true, null],
    ]);
  });

  it('is never overdue under a promise that it keeps, however far ahead of others it is', async () => {
    const ingest = await panedStage();
    const { records } = ingest.process(
      { value: watermark(NEW_YEAR - 60 * MINUTE, { partitions: [0] }) },
      event(0),
      event(59),
    );
    expect(counted(records)).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it('comes behind a clock of its partition, at first and after a restart', async () => {
    const ingest = await panedStage();
    const kinds = (records: readonly OutboundRecord[]) =>
      stageRecords(records.filter(isTo('zone')).filter(({ partition }) => partition === 0)).map(({ kind }) => kind);
    const north = { ...event(5), value: ended(NEW_YEAR, { zone: ZONE_OF_0 }) };
    expect(kinds(ingest.process(north, north).records)).toEqual(['clock', 'event', 'event']);
    const next = await panedStage();
    next.open(0, ingest.marker(0));
    expect(kinds(next.process(north).records)).toEqual(['clock', 'event']);
  });
});
