import { SystemClock } from '@millrace/core';
import { partitionKey } from '@millrace/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Log } from '../ports/log.ts';
import { StageRunner } from '../runner/stage-runner.ts';
import { TestTopics } from './test-topics.ts';
import { TotalsStage } from './totals-stage.ts';

const LIMITS = { maxWaitMs: 200, maxBytes: 4 << 20, maxBytesPerPartition: 1 << 20 };
const PARTITIONS = 3;

/** What the runner keeps on every log: exactly once, over restarts, poison and rebalances. */
export function runnerContract(name: string, open: () => Promise<Log>): void {
  describe(`the runner on ${name}`, () => {
    let log: Log;
    let topics: TestTopics;
    let names: { input: string; output: string; dlq: string; group: string };
    const runners: StageRunner[] = [];

    beforeEach(async () => {
      log = await open();
      topics = new TestTopics(log);
      const [input, output, dlq] = [
        await topics.create(PARTITIONS),
        await topics.create(PARTITIONS),
        await topics.create(PARTITIONS),
      ];
      names = { input, output, dlq, group: topics.group() };
    });

    afterEach(async () => {
      for (const runner of runners.splice(0)) await runner.stop();
      await topics.delete();
      await log.close();
    });

    const start = (): StageRunner => {
      const { input, output, dlq, group } = names;
      const runner = new StageRunner({
        stage: new TotalsStage(input, output),
        log,
        groupId: group,
        transactionalId: topics.group(),
        clock: new SystemClock(),
        dlq: { topic: dlq, partitions: PARTITIONS },
      });
      runners.push(runner);
      runner.run().catch(() => undefined);
      return runner;
    };

    const publish = async (from: number, to: number, value = 'v'): Promise<void> => {
      const publisher = log.publisher();
      const records = Array.from({ length: to - from }, (_, i) => from + i).map((i) => ({
        topic: names.input,
        partition: i % PARTITIONS,
        key: `k${i % 30}`,
        value,
      }));
      await publisher.publish(records);
      await publisher.close();
    };

    const read = async (topic: string): Promise<string[]> => {
      const source = log.source();
      const values: string[] = [];
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const at = { topic, partition };
        const { lastStable } = (await source.bounds([at])).get(partitionKey(at)) as { lastStable: number };
        for (let offset = 0; offset < lastStable;) {
          for (const chunk of await source.fetch([{ ...at, offset }], LIMITS)) {
            values.push(...chunk.records.map((record) => String(record.key) + '|' + String(record.value)));
            offset = chunk.next;
          }
        }
      }
      await source.close();
      return values;
    };

    const outputs = async (count: number): Promise<string[]> => {
      await expect.poll(async () => (await read(names.output)).length, { timeout: 30_000, interval: 50 }).toBe(count);
      return (await read(names.output)).map((line) => line.split('|')[1] as string);
    };

    /** Totals 1..n of every key, each exactly once: what any loss, duplicate or lost state would break. */
    const everyTotal = (records: number): string[] =>
      Array.from({ length: records }, (_, i) => `k${i % 30}=${Math.floor(i / 30) + 1}`).toSorted();

    it('answers every record exactly once, in order within a partition', async () => {
      start();
      await publish(0, 3000);
      const found = await outputs(3000);
      expect(found.toSorted()).toEqual(everyTotal(3000));
      const ofOneKey = found.filter((line) => line.startsWith('k7=')).map((line) => Number(line.slice(3)));
      expect(ofOneKey).toEqual(ofOneKey.toSorted((a, b) => a - b));
    });

    it('goes on after a restart with the state of before', async () => {
      const first = start();
      await publish(0, 900);
      await outputs(900);
      await first.stop();
      await publish(900, 1800);
      start();
      expect((await outputs(1800)).toSorted()).toEqual(everyTotal(1800));
    });

    it('gives up one bad record and answers its neighbours as if it had not been there', async () => {
      await publish(0, 300);
      await publish(300, 301, 'poison');
      await publish(301, 600);
      start();
      const found = await outputs(599);
      const good = Array.from({ length: 600 }, (_, i) => i).filter((i) => i !== 300);
      const totals = new Map<string, number>();
      const expected = good.map((i) => {
        const key = `k${i % 30}`;
        totals.set(key, (totals.get(key) ?? 0) + 1);
        return `${key}=${totals.get(key)}`;
      });
      expect(found.toSorted()).toEqual(expected.toSorted());
      expect(await read(names.dlq)).toEqual(['k0|poison']);
    });

    it('shares the work with a second instance and loses nothing when it comes and goes', async () => {
      start();
      await publish(0, 900);
      await outputs(900);
      const second = start();
      await expect.poll(() => second.status().assigned, { timeout: 30_000 }).toBeGreaterThan(0);
      await publish(900, 1800);
      await outputs(1800);
      await second.stop();
      await publish(1800, 2700);
      expect((await outputs(2700)).toSorted()).toEqual(everyTotal(2700));
    });
  });
}
