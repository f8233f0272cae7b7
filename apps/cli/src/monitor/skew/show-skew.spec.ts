import { SystemClock } from '@millrace/core';
import { endedBefore, SKEW_EVENTS, SKEW_START, skewVector, type SkewEvent } from '@millrace/features/testing';
import { MemoryBroker, MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { encodeScoredRecord, type Headers } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { letterPlan } from '../../testing/letter-plan.ts';
import { recordedContext } from '../../testing/recorded-context.ts';
import { showSkew, type SkewFlags } from './show-skew.ts';

const HOUR = 3_600_000;
describe('millrace monitor skew', () => {
  let plan: Plan;
  let broker: MemoryBroker;
  let log: MemoryLog;

  beforeEach(async () => {
    plan = await letterPlan();
    broker = new MemoryBroker({ clock: new SystemClock() });
    log = new MemoryLog({ clock: new SystemClock(), broker });
    const events = { topic: plan.names.events, partitions: 2, replication: null, config: {} };
    await log.admin().create([...topicSpecs(plan).filter(({ topic }) => topic !== events.topic), events]);
  });

  /** Two partitions, not in order; each third event says its type in a header. */
  async function record(events: readonly SkewEvent[] = SKEW_EVENTS.toReversed()): Promise<void> {
    const records = events.map(({ type, at, ...payload }, i) => {
      const fields = { ...payload, at: new Date(at).toISOString(), pin: 1 };
      const headers: Headers = i % 3 === 0 ? [['ce_type', Buffer.from(type)]] : [];
      const value = JSON.stringify(i % 3 === 0 ? fields : { type, ...fields });
      return { topic: plan.names.events, partition: i % 2, key: null, value, headers };
    });
    const promise = { type: 'millrace.watermark', promise: 'r', before: SKEW_START, partitions: [0, 1] };
    const watermark = { topic: plan.names.events, partition: 0, key: null, value: JSON.stringify(promise) };
    const broken = { topic: plan.names.events, partition: 1, key: null, value: '{' };
    await log.publisher().publish([watermark, broken, ...records]);
  }

  /** What was served of each request: `[ended_1h, place_1h]`. */
  async function serve(vectorOf: (event: SkewEvent) => readonly [number, number]): Promise<void> {
    const rows = SKEW_EVENTS.filter(({ type }) => type === 'asked').map((event, i) =>
      encodeScoredRecord({
        kind: 'scored',
        id: event.id,
        at: event.at,
        key: event.user,
        origin: { partition: 0, offset: i },
        attempts: 0,
        version: '1',
        variant: 'champion',
        vector: Float32Array.from(vectorOf(event)),
        outputs: Float64Array.of(0.5),
        scoredAt: 0,
      }),
    );
    await log
      .publisher()
      .publish(rows.map((value, i) => ({ topic: plan.names.scored, partition: i % 2, key: null, value })));
  }

  async function run(flags: Partial<SkewFlags> = {}) {
    const context = recordedContext();
    const error = await showSkew(log, plan, { share: 1, allow: 0, ...flags }, context).then(
      () => null,
      (thrown: unknown) => thrown as { readonly code: string; readonly detail: string },
    );
    return { error, out: context.out() };
  }

  it('finds nothing where what was served is what the events give', async () => {
    await record();
    await serve(skewVector);
    expect(await run()).toEqual({
      error: null,
      out: '120 predictions in a sample of 1, 120 computed again, 0 differ\n',
    });
  });

  it('names the feature that was served with another window, and no other, in a sample of a tenth', async () => {
    await record();
    await serve((event) => [skewVector(event)[0], endedBefore('place', event, HOUR / 2)]);
    const { error, out } = await run({ share: 0.1 });
    expect(error).toMatchObject({ code: 'SKEW_FOUND', detail: expect.stringMatching(/: place_1h\.$/) });
    expect(out).toMatch(
      /^(\d+) predictions in a sample of 0\.1, \1 computed again, \d+ differ\n {2}skew\.place_1h: mismatch \d/,
    );
    expect(out).not.toContain('ended_1h');
  });

  it('tells apart what is another value, missing, and too much, as JSON', async () => {
    await record();
    await serve((event) => [Number.NaN, skewVector(event)[1] + Number(event.user === 'u1')]);
    const { out, error } = await run({ json: true });
    expect(JSON.parse(out)).toMatchObject({
      share: 1,
      predictions: 120,
      compared: 120,
      skewed: 120,
      features: {
        ended_1h: { mismatch: 0, missing: 1, extra: 0, first: { served: null } },
        place_1h: { mismatch: 1 / 3, missing: 0, extra: 0 },
      },
    });
    expect(error?.code).toBe('SKEW_FOUND');
    expect((await run({ allow: 1 })).error).toBeNull();
  });

  it('takes predictions of a span alone, and of no other sample than their ids say', async () => {
    await record();
    await serve((event) => (event.at < SKEW_START + 10 * HOUR ? [-1, -1] : skewVector(event)));
    expect(await run({ from: SKEW_START + 10 * HOUR })).toMatchObject({
      error: null,
      out: expect.stringMatching(/^60 /),
    });
    expect((await run({ to: SKEW_START + 10 * HOUR })).error?.code).toBe('SKEW_FOUND');
    const [half, again] = [await run({ share: 0.5, json: true }), await run({ share: 0.5, json: true })];
    expect(half).toEqual(again);
    expect(Math.abs((JSON.parse(half.out) as { predictions: number }).predictions - 60)).toBeLessThan(20);
  });

  it('leaves out, and counts, predictions whose windows reach back before what the log holds', async () => {
    await record(SKEW_EVENTS);
    await serve(skewVector);
    for (const partition of [0, 1]) broker.topics.partition({ topic: plan.names.events, partition }).trim(151);
    const { error, out } = await run();
    expect(error).toBeNull();
    // from 10 o'clock on there are events, from 11 on whole windows
    expect(out).toMatch(
      /^120 predictions in a sample of 1, 5[34] computed again, 0 differ\n6[67] left out: their windows reach/,
    );
  });

  it('leaves out, and counts, what the log does not hold', async () => {
    await record(SKEW_EVENTS.filter(({ type }, i) => type === 'ended' || i % 10 === 4));
    await serve(skewVector);
    expect(await run()).toEqual({
      error: null,
      out: `120 predictions in a sample of 1, 60 computed again, 0 differ
60 left out: their event is not in the log, or would be a dead letter
`,
    });
  });
});
