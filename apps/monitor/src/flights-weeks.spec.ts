import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { ESTIMATE_SIZE } from '@millrace/drift';
import { openModelStore } from '@millrace/inference';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { encodeCountsRecord, type CountsRecord, type InboundRecord } from '@millrace/records';
import type { StageOutput } from '@millrace/stream';
import { beforeAll, describe, expect, it } from 'vitest';

import { MonitorStage } from './monitor.stage.ts';
import { readProfiles } from './read-profiles.ts';

/** Six weeks of the flights example, 11 November to 22 December 2013, counted on the bins of the profile of version 1. */
interface Week {
  readonly start: string;
  readonly end: string;
  readonly rows: number;
  readonly counts: readonly (readonly number[])[];
}

interface Alert {
  readonly signal: string;
  readonly event: string;
  readonly severity: string;
  readonly effect: number;
  readonly opened_at: string;
  readonly group: string;
}

const PIPELINE = fileURLToPath(new URL('../../../examples/flights/pipeline.yaml', import.meta.url));

describe('the weeks of the flights example', () => {
  const alerts = new Map<string, readonly Alert[]>();

  beforeAll(async () => {
    const weeks = JSON.parse(
      await readFile(new URL('./flights-weeks.fixture.json', import.meta.url), 'utf8'),
    ) as readonly Week[];
    const plan = await loadPlan(PIPELINE);
    const profiles = await readProfiles(openModelStore(plan.models), plan, '1', ['probability']);
    const profile = profiles.get('1');
    if (!profile) throw new Error('the example has a profile');
    const stage = new MonitorStage({
      plan,
      outputs: ['probability'],
      profiles: new Map([['1', profile]]),
      readNewest: async () => null,
    });
    stage.open([{ topic: plan.names.counts, partition: 0 }]);
    for (const week of weeks) alerts.set(week.end, told(stage, plan, week));
  });

  const opened = (end: string) =>
    (alerts.get(end) ?? []).filter(({ event }) => event === 'opened').map(({ signal }) => signal);
  const effect = (end: string, signal: string) => alerts.get(end)?.find((alert) => alert.signal === signal)?.effect;

  it('are quiet on the output until December comes', () => {
    expect(opened('2013-11-18T05:00:00.000Z')).toEqual([]);
    expect(opened('2013-11-25T05:00:00.000Z')).toEqual([]);
    expect(opened('2013-12-02T05:00:00.000Z')).toEqual(['temperature', 'precip_4h']);
  });

  it('open the incident on the output with the week of 2 December, as the gravest of its group', () => {
    const week = alerts.get('2013-12-09T05:00:00.000Z') ?? [];
    const output = week.find(({ signal }) => signal === 'outputs.probability');
    expect(output).toMatchObject({ event: 'opened', severity: 'warning', opened_at: '2013-12-09T05:00:00Z' });
    expect(output?.effect).toBeCloseTo(0.33, 2);
    expect(opened('2013-12-09T05:00:00.000Z')).toEqual([
      'wind_speed',
      'origin_arr_delay_mean_3h',
      'origin_late_share_2h',
      'outputs.probability',
      'carrier_late_share_3h',
      'origin_carrier_delay_mean_3h',
      'dest_arr_delay_mean_3h',
    ]);
    expect(new Set(week.filter(({ event }) => event === 'opened').map(({ group }) => group)).size).toBe(1);
    expect(week.filter(({ severity }) => severity === 'warning').map(({ signal }) => signal)).toEqual([
      'outputs.probability',
    ]);
  });

  it('are what the documentation shows', async () => {
    const docs = await readFile(new URL('../../../docs/monitoring.md', import.meta.url), 'utf8');
    const shown = JSON.parse(/```json\n(.*?)```/s.exec(docs)?.[1] ?? '') as Record<string, unknown>;
    const output = alerts.get('2013-12-09T05:00:00.000Z')?.find(({ signal }) => signal === 'outputs.probability');
    const rounded = JSON.stringify(output, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(3)) : value,
    );
    expect({ ...shown, feature_set: 'any' }).toEqual({
      ...(JSON.parse(rounded) as Record<string, unknown>),
      feature_set: 'any',
    });
  });

  it('see it grow in the week of 9 December, and stay', () => {
    expect(opened('2013-12-16T05:00:00.000Z')).toEqual([
      'flight_arr_delay_mean_14d',
      'tail_last_arr_delay',
      'origin_departed_2h',
    ]);
    expect(effect('2013-12-16T05:00:00.000Z', 'outputs.probability')).toBeCloseTo(1.57, 2);
    expect(opened('2013-12-23T05:00:00.000Z')).toEqual([]);
    expect(effect('2013-12-23T05:00:00.000Z', 'outputs.probability')).toBeCloseTo(1.53, 2);
  });
});

/** The alerts when this week closes. */
function told(stage: MonitorStage, plan: Plan, { start, end, rows, counts }: Week): readonly Alert[] {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  const delta: CountsRecord = {
    kind: 'delta',
    subject: 'rows',
    version: '1',
    variant: 'champion',
    start: from,
    end: to,
    rows,
    blocks: [],
    counts: [...counts, new Float64Array(ESTIMATE_SIZE), new Float64Array(2 * counts.length)],
  };
  const progress = Array.from({ length: plan.topics.partitions }, (_, source): CountsRecord => ({
    kind: 'progress',
    source,
    at: to,
    first: 0,
  }));
  const records = [delta, ...progress].map((record, offset): InboundRecord => {
    return {
      topic: plan.names.counts,
      partition: 0,
      offset,
      timestamp: 0,
      key: null,
      value: encodeCountsRecord(record),
      headers: [],
    };
  });
  const { records: written } = stage.process(records) as StageOutput;
  const sent = written.filter(({ topic }) => topic === plan.names.alerts);
  return sent.map(({ value }) => JSON.parse(String(value)) as Alert);
}
