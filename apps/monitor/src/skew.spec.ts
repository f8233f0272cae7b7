import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { endedBefore, SKEW_EVENTS, SKEW_START, skewVector, type SkewEvent } from '@millrace/features/testing';
import { sumModel } from '@millrace/inference/testing';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { objectSchema } from '@millrace/pipeline/testing';
import type { Service } from '@millrace/platform';
import { TestServices } from '@millrace/platform/testing';
import { encodeScoredRecord, type OutboundRecord, type ScoredRecord } from '@millrace/records';
import { readTopic } from '@millrace/stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createMonitor } from './create-monitor.ts';

const HOUR = 3_600_000;
const PIPELINE = `
apiVersion: millrace/v1
name: p
topics: { partitions: 2 }
events:
  asked: { schema: event.json, id: id, time: at }
  ended: { schema: event.json, id: id, time: at }
predict: { on: asked, key: user, model: m }
features:
  - { name: ended_1h, from: ended, by: [user], over: 1h, take: count }
  - { name: place_1h, from: ended, by: [place], over: 1h, take: count }
monitor: { window: { every: 1h, min_rows: 5 }, warm_up: 0s, skew: 1 }
`;

describe('the monitor, where a share of each window is computed again,', () => {
  let folder: string;
  let plan: Plan;
  let services: TestServices;
  let monitor: Service;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-skew-'));
    await mkdir(join(folder, 'models/m/1'), { recursive: true });
    await writeFile(join(folder, 'models/m/1/model.onnx'), sumModel(2));
    const schema = objectSchema({ id: 'string', at: 'string', user: 'string', place: 'string' });
    await writeFile(join(folder, 'event.json'), JSON.stringify(schema));
    await writeFile(join(folder, 'pipeline.yaml'), PIPELINE);
    plan = await loadPlan(join(folder, 'pipeline.yaml'));
    services = new TestServices(plan);
    const events = { topic: plan.names.events, partitions: 2, replication: null, config: {} };
    await services.log.admin().create([events]);
    await services.createTopics();
    await services.publish(clocks(SKEW_START));
    await up();
  });

  afterEach(async () => {
    await monitor.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function up(): Promise<void> {
    monitor = await createMonitor(services.options());
    url = await services.start(monitor);
  }

  const record = (events: readonly SkewEvent[] = SKEW_EVENTS): Promise<void> =>
    services.publish(
      events.map(({ at, ...event }, i) => {
        const value = JSON.stringify({ ...event, at: new Date(at).toISOString() });
        return { topic: plan.names.events, partition: i % 2, key: null, value };
      }),
    );

  const scored = (partition: number, row: ScoredRecord): OutboundRecord => ({
    topic: plan.names.scored,
    partition,
    key: null,
    value: encodeScoredRecord(row),
  });

  const clocks = (at: number): readonly OutboundRecord[] =>
    [0, 1].map((source) => scored(source, { kind: 'progress', source, at, first: SKEW_START }));

  /** What was served in an hour, and that it is over. */
  async function serve(hour: number, vectorOf: (event: SkewEvent) => readonly [number, number]): Promise<void> {
    const [from, to] = [SKEW_START + hour * HOUR, SKEW_START + (hour + 1) * HOUR];
    const rows = SKEW_EVENTS.filter(({ type, at }) => type === 'asked' && at >= from && at < to).map((asked, i) =>
      scored(i % 2, {
        kind: 'scored',
        id: asked.id,
        at: asked.at,
        key: asked.user,
        origin: { partition: 0, offset: hour * 100 + i },
        attempts: 0,
        version: '1',
        variant: 'champion',
        vector: Float32Array.from(vectorOf(asked)),
        outputs: Float64Array.of(0.5),
        scoredAt: 0,
      }),
    );
    await services.publish([...rows, ...clocks(to)]);
  }

  async function get(path: string): Promise<Record<string, unknown>> {
    return (await (await fetch(`${url}/v1/monitor${path}`)).json()) as Record<string, unknown>;
  }

  interface Window {
    readonly end: string;
    readonly rows: number;
    readonly signals: Readonly<Record<string, { readonly state: string }>>;
  }

  const windows = async (): Promise<readonly Window[]> =>
    ((await get('/windows?subject=skew'))['windows'] ?? []) as readonly Window[];

  const incidents = async (): Promise<readonly unknown[]> => (await get('/incidents'))['incidents'] as unknown[];

  async function alerts(): Promise<number> {
    const { signal } = new AbortController();
    let count = 0;
    for await (const _ of readTopic(services.log, {
      topic: plan.names.alerts,
      from: 'beginning',
      until: 'end',
      signal,
    }))
      count++;
    return count;
  }

  /** One hour after the other, each computed again before the next is over. */
  async function live(
    hours: readonly number[],
    vectorOf: (event: SkewEvent) => readonly [number, number],
  ): Promise<void> {
    for (const hour of hours) {
      await serve(hour, vectorOf);
      const end = new Date(SKEW_START + (hour + 1) * HOUR).toISOString().replace('.000', '');
      await expect.poll(async () => (await windows()).at(-1)?.end, { timeout: 10_000 }).toBe(end);
    }
  }

  it('finds nothing where what was served is what the events give', async () => {
    await record();
    await live([0, 1, 2, 3], skewVector);
    expect((await windows()).map(({ rows, signals }) => [rows, signals])).toEqual(
      Array.from({ length: 4 }, () => [
        6,
        { 'skew.ended_1h': expect.objectContaining({ state: 'ok' }), 'skew.place_1h': expect.anything() },
      ]),
    );
    expect(await incidents()).toEqual([]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('millrace_monitor_skew_windows_total{outcome="checked"} 4');
    expect(metrics).toContain('millrace_monitor_skew_predictions_total{outcome="same"} 24');
  });

  it('opens an incident on the feature that is served with half its window, names a prediction, and resolves it', async () => {
    await record();
    await live([0, 1], skewVector);
    await live([2, 3], (event) => [skewVector(event)[0], endedBefore('place', event, HOUR / 2)]);
    const [incident, ...more] = await incidents();
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ signal: 'skew.place_1h', state: 'open', severity: 'warning' });
    const { timeline } = (await get(`/incidents?id=${encodeURIComponent((incident as { id: string }).id)}`)) as {
      timeline: readonly { readonly example: string }[];
    };
    const asked = SKEW_EVENTS.filter(({ type, at }) => type === 'asked' && at >= SKEW_START + 3 * HOUR).map(
      ({ id }) => id,
    );
    expect(asked).toContain(timeline[0]?.example);
    await live([4, 5, 6], skewVector);
    expect(await incidents()).toMatchObject([{ signal: 'skew.place_1h', state: 'resolved' }]);
  });

  it('goes on after a restart, and tells no window and no alert twice', async () => {
    await live([0, 1], skewVector); // without events nothing is found, and nothing is said
    expect((await windows()).map(({ rows }) => rows)).toEqual([0, 0]);
    await record();
    const wrong = (event: SkewEvent): readonly [number, number] => [-1, skewVector(event)[1]];
    await live([2, 3], wrong);
    await serve(4, wrong);
    await monitor.stop();
    await up();
    const ends = async (): Promise<readonly string[]> => (await windows()).map(({ end }) => end.slice(11, 13));
    await expect.poll(ends, { timeout: 10_000 }).toEqual(['01', '02', '03', '04', '05']);
    await live([5], wrong);
    expect(await ends()).toEqual(['01', '02', '03', '04', '05', '06']);
    expect(await incidents()).toMatchObject([
      { signal: 'skew.ended_1h', state: 'open', opened_at: '2026-01-05T04:00:00Z' },
    ]);
    expect(await alerts()).toBe(1);
  });

  it('takes the newest where windows close faster than they are computed again, and counts the others', async () => {
    await record();
    for (const hour of [0, 1, 2, 3, 4, 5, 6, 7]) await serve(hour, skewVector);
    const end = async (): Promise<string | undefined> => (await windows()).at(-1)?.end;
    await expect.poll(end, { timeout: 10_000 }).toBe('2026-01-05T08:00:00Z');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const count = (outcome: string): number =>
      Number(new RegExp(`skew_windows_total{outcome="${outcome}"} (\\d+)`).exec(metrics)?.[1]);
    expect(count('checked')).toBe((await windows()).length);
    expect(count('checked') + count('skipped')).toBe(8);
    expect(count('skipped')).toBeGreaterThan(0);
  });
});
