import type { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { MemoryLog } from '@millrace/memory-log';
import type { PlannedTopic } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { ensureTopics } from './ensure-topics.ts';

const spec = (topic: string, partitions: number, config: Record<string, string> = {}): PlannedTopic => ({
  topic,
  partitions,
  replication: null,
  config,
});
const admin = () => new MemoryLog({ clock: new ManualClock() }).admin();
const STRICT = { anyPartitions: new Map<string, number>() };

describe('ensureTopics', () => {
  it('creates what is missing and leaves what fits', async () => {
    const log = admin();
    await log.create([spec('p.dlq', 2)]);
    await ensureTopics(log, [spec('p.dlq', 2), spec('p.counts', 1)], STRICT);
    expect((await log.describe(['p.dlq', 'p.counts'])).get('p.counts')?.partitions).toBe(1);
  });

  it('names every topic that does not fit, and creates nothing', async () => {
    const log = admin();
    await log.create([spec('p.scored', 3), spec('p.ledger', 1, { 'cleanup.policy': 'delete' })]);
    const wanted = [spec('p.scored', 4), spec('p.ledger', 1, { 'cleanup.policy': 'compact' }), spec('p.counts', 1)];
    await expect(ensureTopics(log, wanted, STRICT)).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
      detail: expect.stringMatching(
        /p\.scored has 3 partitions, needed are 4; p\.ledger has cleanup\.policy=delete, needed is compact/,
      ),
    });
    expect(await log.list()).not.toContain('p.counts');
  });

  it.each([
    ['a longer retention', '200', '100', true],
    ['a retention without end', '-1', '100', true],
    ['a shorter retention', '99', '100', false],
    ['a retention with an end where none is wanted', '99', '-1', false],
  ])('judges %s', async (_, has, needed, fits) => {
    const log = admin();
    await log.create([spec('p.dlq', 1, { 'retention.ms': has })]);
    const ensured = ensureTopics(log, [spec('p.dlq', 1, { 'retention.ms': needed })], STRICT);
    const code = await ensured.then(
      () => null,
      (error: AppError) => error.code,
    );
    expect(code).toBe(fits ? null : 'TOPIC_MISMATCH');
  });

  it('leaves the number of input partitions to the users, as far as markers have room for their clocks', async () => {
    const log = admin();
    await log.create([spec('p.events', 7)]);
    const upTo = (most: number) =>
      ensureTopics(log, [spec('p.events', 4)], { anyPartitions: new Map([['p.events', most]]) });
    await expect(upTo(7)).resolves.toBeUndefined();
    await expect(upTo(6)).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
      detail: expect.stringContaining('p.events has 7 partitions, 6 at most can be read'),
    });
  });
});
