import { SystemClock } from '@millrace/core';
import type { KafkaLog } from '@millrace/kafka';
import { StageRunner, type Stage, type StageRunnerOptions } from '@millrace/stream';
import { TestTopics, TotalsStage } from '@millrace/stream/testing';

import { readCommitted } from './test-log.ts';

/** Topics and a group of their own, and runners on them that add up totals per key. */
export class TotalsRunners {
  readonly #log: KafkaLog;
  readonly #topics: TestTopics;
  readonly #runners: StageRunner[] = [];
  readonly partitions: number;
  readonly input: string;
  readonly output: string;
  readonly control: string;
  readonly groupId: string;

  private constructor(log: KafkaLog, topics: TestTopics, names: readonly string[], partitions: number) {
    this.#log = log;
    this.#topics = topics;
    [this.input, this.output, this.control] = names as [string, string, string];
    this.partitions = partitions;
    this.groupId = topics.group();
  }

  static async on(log: KafkaLog, partitions = 2): Promise<TotalsRunners> {
    const topics = new TestTopics(log);
    const names = [
      await topics.create(partitions),
      await topics.create(partitions),
      await topics.create(1, { 'cleanup.policy': 'compact' }),
    ];
    return new TotalsRunners(log, topics, names, partitions);
  }

  /** A further instance. What becomes of it is in `ended`. */
  start(more: Partial<StageRunnerOptions> = {}): { readonly runner: StageRunner; readonly ended: Promise<unknown> } {
    const stage: Stage = more.stage ?? new TotalsStage(this.input, this.output);
    const runner = new StageRunner({
      log: this.#log,
      groupId: this.groupId,
      transactionalId: this.#topics.group(),
      clock: new SystemClock(),
      control: this.control,
      dlq: { topic: this.output, partitions: this.partitions },
      ...more,
      stage,
    });
    this.#runners.push(runner);
    return { runner, ended: runner.run().catch((error: unknown) => error) };
  }

  /** One record per partition and key. */
  async publish(key: string, partitions = this.partitions): Promise<void> {
    const publisher = this.#log.publisher();
    await publisher.publish(
      Array.from({ length: partitions }, (_, partition) => ({ topic: this.input, partition, key, value: 'v' })),
    );
    await publisher.close();
  }

  /** `key=total` of all partitions, in the order of partitions. */
  async totals(partitions = this.partitions): Promise<readonly string[]> {
    const found: string[] = [];
    for (let partition = 0; partition < partitions; partition++)
      for (const record of await readCommitted(this.#log, { topic: this.output, partition }))
        found.push(String(record.value));
    return found;
  }

  async close(): Promise<void> {
    for (const runner of this.#runners) await runner.stop();
    await this.#topics.delete();
  }
}
