import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, decodeStageRecord, type InboundRecord, type StageRecord } from '@millrace/records';

import type { Emission } from '../stage/emission.ts';
import { KeyedPartition } from '../stage/keyed-partition.ts';
import { TopicScript } from './topic-script.ts';

/** A partition of a keyed stage that is handed one record at a time, and says in few words what goes out. */
export class ScriptedPartition {
  readonly state: KeyedPartition;
  readonly topic: TopicScript;
  readonly #plan: Plan;

  constructor(plan: Plan, stage: number) {
    this.#plan = plan;
    this.state = new KeyedPartition(plan, plan.stages[stage]!, 0);
    this.topic = new TopicScript(plan.stages[stage]!.topic);
  }

  /** A batch of one record, committed. */
  take(key: string | null, record: StageRecord, timestamp?: number): readonly unknown[] {
    const out = this.process(this.topic.append(key, record, timestamp));
    this.state.settle();
    return [
      ...out.records.map(({ topic, value }) => this.#said(topic, value as Buffer)),
      ...out.deadLetters.map(({ code, offset }) => ({ code, offset })),
    ];
  }

  process(record: InboundRecord): Emission {
    const out: Emission = { records: [], deadLetters: [], eventTimes: [] };
    this.state.process(record, out);
    this.state.finish(out);
    return out;
  }

  #said(topic: string, value: Buffer): unknown {
    return topic === this.#plan.names.features ? saidOfFeatures(value) : saidOfStage(value);
  }
}

function saidOfStage(value: Buffer): unknown {
  const part = decodeStageRecord(value);
  return part.kind === 'part' ? (part.error ?? { part: [...part.values!], late: part.late }) : part;
}

function saidOfFeatures(value: Buffer): unknown {
  const record = decodeFeaturesRecord(value);
  if (record.kind === 'progress') return { progress: record.at };
  if (record.kind === 'alias') return record;
  return { id: record.id, vector: [...record.vector], late: record.late };
}
