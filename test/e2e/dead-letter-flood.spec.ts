import type { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { headerText, partitionKey, type InboundRecord } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { readCommitted, testLog } from '../integrity/test-log.ts';
import { asked, editPipeline, makeLookupPipeline } from './lookup-pipeline.ts';
import { removeTopics } from './remove-topics.ts';
import { removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { StartedScript } from './started-script.ts';

const BRAKE = 'dlq: { max_per_minute: 20 }\n';
const ROUNDS = 40;
const BAD_A_ROUND = 500;
const WAIT = { timeout: 60_000, interval: 200 };

describe('a flood of dead letters', () => {
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;
  let ended: { readonly status: number; readonly output: string };
  let first: readonly InboundRecord[];
  let position: number;

  const up = (): StartedScript =>
    new StartedScript(['apps/cli/bin/millrace.mjs', 'up', pipeline.file, '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
    });
  const letters = () => readCommitted(log, { topic: plan.names.dlq, partition: 0 });
  const offsetOf = ({ headers }: InboundRecord): number => Number(headerText(headers, 'millrace-offset'));

  beforeAll(async () => {
    pipeline = await makeLookupPipeline(BRAKE);
    plan = await loadPlan(pipeline.file);
    log = testLog();
    const at = { topic: plan.names.events, partition: 0 };
    const millrace = up();
    await millrace.said(/^ready$/m);
    const publisher = log.publisher();
    // a good event behind every round of bad ones
    const publish = (round: number): Promise<void> => {
      const bad = Array.from({ length: BAD_A_ROUND }, () => ({ ...at, key: null, value: '{"type":' }));
      return publisher.publish([...bad, { ...at, key: null, value: JSON.stringify(asked(`good-${round}`, 0)) }]);
    };
    for (let round = 1; round < ROUNDS; round++) await publish(round);
    ended = { status: await millrace.ended(), output: millrace.output };
    await publish(ROUNDS);
    first = await letters();
    const group = `${plan.name}.ingest.${plan.featureSet}`;
    position = (await log.admin().committed(group, [at])).get(partitionKey(at))?.offset ?? -1;
  });

  afterAll(async () => {
    await log?.close();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it('ends the process with a reason that says how many came and how many may', () => {
    expect(ended.status).toBe(1);
    expect(ended.output).toMatch(
      /^millrace: More records became dead letters than dlq\.max_per_minute \(DEAD_LETTERS_EXCEEDED\): \d+ in a minute, allowed are 20\..*dlq list/m,
    );
  });

  it('has written the dead letter of every bad record up to the committed position, and of none behind it', () => {
    const bad = Array.from({ length: position }, (_, offset) => offset).filter(
      (offset) => offset % (BAD_A_ROUND + 1) !== BAD_A_ROUND,
    );
    expect(first.length).toBeGreaterThan(20);
    expect(first.map(offsetOf).toSorted((a, b) => a - b)).toEqual(bad);
  });

  it('goes on where it stopped once the bound is lifted, and every record has taken effect once', async () => {
    await editPipeline(pipeline, BRAKE, '');
    const millrace = up();
    await expect.poll(async () => (await letters()).length, WAIT).toBe(ROUNDS * BAD_A_ROUND);
    const predicted = async () =>
      (
        await Promise.all([0, 1].map((partition) => readCommitted(log, { topic: plan.names.predictions, partition })))
      ).flat();
    await expect.poll(async () => (await predicted()).length, WAIT).toBe(ROUNDS);
    const ids = (await predicted()).map(({ value }) => (JSON.parse(String(value)) as { id: string }).id);
    expect(new Set(ids).size).toBe(ROUNDS);
    expect(new Set((await letters()).map(offsetOf)).size).toBe(ROUNDS * BAD_A_ROUND);
    expect(await millrace.end('SIGTERM')).toBe(0);
  });
});
