import type { Plan } from '@millrace/pipeline';
import { objectSchema, testPlan } from '@millrace/pipeline/testing';
import { encodeScoredRecord, NO_HEADERS, type InboundRecord } from '@millrace/records';
import { beforeAll, describe, expect, it } from 'vitest';

import { skewOf, SkewSampleTooLarge, type SkewSample } from './skew-of.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-05T00:00:00Z');
const PIPELINE = `
apiVersion: millrace/v1
name: p
events: { asked: { schema: event.json, id: id, time: at }, ended: { schema: event.json, id: id, time: at } }
predict: { on: asked, key: user, model: m }
features: [{ name: ended_2h, from: ended, by: [user], over: 2h, take: count }]
`;

describe('what was served, computed again', () => {
  let plan: Plan;
  let scored: readonly InboundRecord[];
  let events: readonly InboundRecord[];

  const record = (topic: string, offset: number, timestamp: number, value: Buffer | string): InboundRecord => ({
    topic,
    partition: 0,
    offset,
    timestamp,
    key: null,
    headers: NO_HEADERS,
    value: Buffer.from(value),
  });

  beforeAll(async () => {
    plan = await testPlan(PIPELINE, { 'event.json': objectSchema({ id: 'string', at: 'string', user: 'string' }) });
    // each minute of a day an event, each fifth of them asks, and was answered by version 1 or 2 with 96
    const all = Array.from({ length: 1440 }, (_, i) => ({ at: START + i * 60_000, id: `e${i}`, asks: i % 5 === 4 }));
    events = all.map(({ at, id, asks }, i) => {
      const event = { type: asks ? 'asked' : 'ended', id, at: new Date(at).toISOString(), user: 'u' };
      return record(plan.names.events, i, at + 100, JSON.stringify(event));
    });
    scored = all
      .filter(({ asks }) => asks)
      .map(({ at, id }, i) => {
        const answer = { kind: 'scored', id, at, key: 'u', origin: { partition: 0, offset: i }, attempts: 0 } as const;
        const by = { version: String((i % 2) + 1), variant: 'champion', scoredAt: 0 };
        const values = { vector: Float32Array.of(96), outputs: Float64Array.of(0) };
        return record(plan.names.scored, i, at + 200, encodeScoredRecord({ ...answer, ...by, ...values }));
      });
  });

  async function run(sample: Partial<SkewSample>) {
    const read: string[] = [];
    let pauses = 0;
    async function* from(topic: string, since: number): AsyncGenerator<InboundRecord> {
      for (const one of topic === plan.names.scored ? scored : events)
        if (one.timestamp >= since) {
          read.push(`${topic}/${one.offset}`);
          yield one;
        }
    }
    const pause = async (): Promise<void> => void pauses++;
    const report = await skewOf({ read: from, pause }, plan, { share: 1, from: -Infinity, to: Infinity, ...sample });
    return { ...report, read, pauses };
  }

  const MORNING = { from: START + 10 * HOUR, to: START + 11 * HOUR };

  it('is of a span and a version alone, and reads no more than may lie in its windows', async () => {
    const { read, ...report } = await run({ ...MORNING, of: { version: '2', variant: 'champion' } });
    expect(report).toMatchObject({ predictions: 6, compared: 6, skewed: 0, beyondLog: 0, notFound: 0 });
    const first = (topic: string): number | undefined =>
      Math.min(...read.filter((at) => at.startsWith(topic)).map((at) => Number(at.split('/')[1])));
    // an hour for `events.max_ahead`, and two for the window
    expect(first(plan.names.events)).toBe(7 * 60);
    expect(first(plan.names.scored)).toBe((9 * 60) / 5);
  });

  it('is of no more than may be, the same ones each time', async () => {
    const few = await run({ most: 20 });
    expect(few.predictions).toBeLessThanOrEqual(20);
    expect(few.predictions).toBeGreaterThan(4);
    expect(few.compared + few.beyondLog).toBe(few.predictions);
    expect((await run({ most: 20 })).predictions).toBe(few.predictions);
  });

  it('is given up where its events are more than may be held', async () => {
    await expect(run({ ...MORNING, mostBytes: 1000 })).rejects.toThrow(SkewSampleTooLarge);
    await expect(run({ ...MORNING, mostBytes: 1_000_000 })).resolves.toMatchObject({ compared: 12 });
  });

  it('lets others have their turn between pieces of work', async () => {
    expect((await run({})).pauses).toBeGreaterThanOrEqual(Math.floor(1440 / 256));
  });

  it('reads no events where nothing was served', async () => {
    expect(await run({ from: START + 48 * HOUR })).toMatchObject({ predictions: 0, compared: 0, read: [] });
  });
});
