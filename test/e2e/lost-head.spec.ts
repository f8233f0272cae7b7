import { appendFile } from 'node:fs/promises';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { deleteRecords } from '@millrace/kafka/testing';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import { readCommitted } from '../integrity/test-log.ts';
import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';

/** Events that are no JSON: each is a dead letter as soon as it has been taken, and nothing else is needed to see it. */
describe('a pipeline whose events were deleted before they were taken', () => {
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;

  beforeEach(async () => {
    log = new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'test', clock: new SystemClock() });
    pipeline = await makeScratchPipeline();
    plan = await loadPlan(pipeline.file);
    {
      await using _ingest = await up();
      await publish(['0', '1']);
      await expect.poll(taken, { timeout: 30_000 }).toEqual(['0', '1']);
    }
    await publish(['2', '3', '4', '5', '6']);
    await deleteRecords(inject('brokers').split(','), events(), 5);
  });

  afterEach(async () => {
    await log.close();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  const environment = () => ({ KAFKA_BROKERS: inject('brokers') });
  const ingest = () => [pipeline.file, '--only', 'ingest', '--http', '0'];
  const up = (): Promise<MillraceProcess> => MillraceProcess.up(ingest(), environment());
  const events = () => ({ topic: plan.names.events, partition: 0 });
  const publish = async (values: readonly string[]): Promise<void> => {
    const publisher = log.publisher();
    await publisher.publish(values.map((value) => ({ ...events(), key: null, value: `no JSON ${value}` })));
    await publisher.close();
  };
  const taken = async (): Promise<readonly string[]> => {
    const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => partition);
    const read = await Promise.all(
      partitions.map((partition) => readCommitted(log, { topic: plan.names.dlq, partition })),
    );
    const letters = read.flat().map(({ value }) => /no JSON (\d+)/.exec(String(value))?.[1] ?? '');
    return letters.toSorted();
  };

  it('stops and says what is lost', async () => {
    const ended = await runScript([MILLRACE, 'up', ...ingest()], environment());
    expect(ended.status).not.toBe(0);
    expect(ended.output).toContain('OFFSET_OUT_OF_RANGE');
    expect(ended.output).toContain(`${plan.names.events}/0 has lost its offsets 2 to 4 (3 of them)`);
    expect(await taken()).toEqual(['0', '1']);
  });

  it('goes on with what is left where its file says earliest', async () => {
    await appendFile(pipeline.file, '\non_out_of_range: earliest\n');
    await using _ingest = await up();
    await expect.poll(taken, { timeout: 30_000 }).toEqual(['0', '1', '5', '6']);
  });

  it('goes on with what comes where its file says latest', async () => {
    await appendFile(pipeline.file, '\non_out_of_range: latest\n');
    await using _ingest = await up();
    const published: string[] = [];
    await expect
      .poll(
        async () => {
          published.push(String(100 + published.length));
          await publish(published.slice(-1));
          return (await taken()).filter((value) => published.includes(value)).length;
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    expect(await taken()).not.toContain('5');
  });
});
