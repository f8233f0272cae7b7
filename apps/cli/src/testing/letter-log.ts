import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { deadLetterRecord, type DeadLetter, type Headers, type InboundRecord } from '@millrace/records';
import { readTopic } from '@millrace/stream';

import { replayLetters, type LetterReplayOptions, type LetterReplayResult } from '../dead-letters/replay-letters.ts';
import { letterCondition } from '../topics/letter-condition.ts';
import { letterPlan } from './letter-plan.ts';

const PARTITIONS = 2;
const EVENT_BYTES = 4096;

/** The pipeline `p` on a log in memory: events, dead letters of them, and replays. */
export class LetterLog {
  readonly log: MemoryLog;
  readonly plan: LetterReplayOptions['plan'];
  readonly clock = new SystemClock();
  /** Runs at each point where the log may fail. */
  fault: (point: string) => void = () => undefined;

  static async open(): Promise<LetterLog> {
    const opened = new LetterLog(await letterPlan());
    const { events, dlq, control } = opened.plan.names;
    await opened.log.admin().create([
      {
        topic: events,
        partitions: PARTITIONS,
        replication: null,
        config: { 'max.message.bytes': String(EVENT_BYTES) },
      },
      { topic: dlq, partitions: PARTITIONS, replication: null, config: {} },
      { topic: control, partitions: 1, replication: null, config: {} },
    ]);
    return opened;
  }

  private constructor(plan: LetterReplayOptions['plan']) {
    this.plan = plan;
    this.log = new MemoryLog({ clock: this.clock, faults: (point) => this.fault(point) });
  }

  event(value: string, partition = 0, key: string | null = null, headers: Headers = []): Promise<void> {
    const topic = this.plan.names.events;
    return this.log.publisher().publish([{ topic, partition, key, value, headers }]);
  }

  /** A dead letter; of the event at offset 0 of partition 0, as the scorer writes it, unless said. */
  letter(change: Partial<DeadLetter> = {}): Promise<void> {
    const letter: DeadLetter = {
      stage: 'scorer',
      code: 'MODEL_FAILED',
      reason: 'why',
      topic: this.plan.names.events,
      partition: 0,
      offset: 0,
      attempts: 0,
      type: 'asked',
      key: Buffer.from('k'),
      value: null,
      ...change,
    };
    return this.log.publisher().publish([deadLetterRecord(letter, this.plan.names.dlq, PARTITIONS)]);
  }

  replay(where?: string, more: Partial<LetterReplayOptions> = {}): Promise<LetterReplayResult> {
    const { log, plan, clock } = this;
    const condition = letterCondition(where);
    return replayLetters({ log, plan, clock, condition, signal: new AbortController().signal, ...more });
  }

  async read(name: 'events' | 'control'): Promise<readonly InboundRecord[]> {
    const { signal } = new AbortController();
    const reading = { topic: this.plan.names[name], from: 'beginning', until: 'end', signal } as const;
    const records: InboundRecord[] = [];
    for await (const record of readTopic(this.log, reading)) records.push(record);
    return records;
  }

  /** What was sent again, in the order of each partition. */
  async sentAgain(): Promise<readonly string[]> {
    const all = await this.read('events');
    return all
      .filter(({ headers }) => headers.some(([name]) => name === 'millrace-replay-of'))
      .map(({ value }) => String(value));
  }
}
