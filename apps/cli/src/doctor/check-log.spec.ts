import { SystemClock, type Clock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type PlannedTopic } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { letterPlan } from '../testing/letter-plan.ts';
import { checkBroker, checkReplicas, checkTransactions } from './check-log.ts';

/** The system's clock, so far ahead. */
class ClockAhead extends SystemClock {
  readonly #ms: number;

  constructor(ms: number) {
    super();
    this.#ms = ms;
  }

  override now(): number {
    return super.now() + this.#ms;
  }
}

async function check(clock: Clock) {
  const plan = await letterPlan();
  const log = new MemoryLog({ clock: new SystemClock() });
  await log.admin().create(topicSpecs(plan));
  return checkTransactions(plan, log, clock);
}

describe('topics', () => {
  const SAFE = { 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' };
  const checkOf = async (
    replication: number | null,
    config: Readonly<Record<string, string>>,
  ): Promise<{ state: string; text: string }> => {
    const plan = await letterPlan();
    const admin = new MemoryLog({ clock: new SystemClock() }).admin();
    const [first, ...others] = topicSpecs(plan);
    const safe = others.map((spec) => ({ ...spec, replication: 3, config: SAFE }));
    await admin.create([{ ...(first as PlannedTopic), replication, config }, ...safe]);
    return checkReplicas(plan, admin);
  };

  it('are fine where they outlive a broker', async () => {
    expect((await checkOf(3, SAFE)).state).toBe('ok');
  });

  it.each([
    ['with one replica', null, SAFE, 'p.events: fewer than 3 replicas.'],
    ['that one broker may acknowledge', 3, { 'min.insync.replicas': '1' }, 'p.events: min.insync.replicas below 2.'],
    [
      'whose leader may be behind',
      3,
      { ...SAFE, 'unclean.leader.election.enable': 'true' },
      'p.events: unclean.leader.election.enable=true.',
    ],
  ])('%s are named', async (_, replication, config, words) => {
    expect(await checkOf(replication, config)).toMatchObject({
      state: 'warning',
      text: expect.stringContaining(words),
    });
  });
});

describe('a broker', () => {
  it('that is too old is said to be, and what to do', async () => {
    const log = new MemoryLog({ clock: new SystemClock() });
    const found = { unspoken: ['Metadata 8 (found 0 to 5)'], silent: [] };
    const admin = Object.assign(log.admin(), { brokers: async () => found });
    await expect(checkBroker(log, admin)).rejects.toMatchObject({
      code: 'LOG_REFUSES',
      detail: expect.stringMatching(/Metadata 8 \(found 0 to 5\).*Kafka 2\.5 or newer: upgrade/),
    });
  });

  it('that does not answer while others do is named', async () => {
    const log = new MemoryLog({ clock: new SystemClock() });
    const admin = Object.assign(log.admin(), { brokers: async () => ({ unspoken: [], silent: ['b:9092'] }) });
    expect(await checkBroker(log, admin)).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/No answer from b:9092.*advertised\.listeners/),
    });
  });
});

describe('the clock here', () => {
  it('agrees with that of the broker within a second', async () => {
    expect(await check(new ClockAhead(500))).toMatchObject({ state: 'ok', text: expect.stringContaining('agree') });
  });

  it.each([
    [5000, 'ahead of'],
    [-5000, 'behind'],
  ])('is told of where it is %i ms away', async (ms, where) => {
    const { state, text } = await check(new ClockAhead(ms));
    expect(state).toBe('warning');
    expect(Math.abs(Number(/is (\d+) ms/.exec(text)?.[1]) - 5000)).toBeLessThan(200);
    expect(text).toContain(`${where} the broker's`);
  });
});
