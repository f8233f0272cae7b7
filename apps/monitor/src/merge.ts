import type { Plan } from '@millrace/pipeline';
import {
  decodeCountsRecord,
  headerText,
  type CountsRecord,
  type InboundRecord,
  type OutboundRecord,
} from '@millrace/records';

import { CountsMerger } from './counts-merger.ts';
import { LedgerReader } from './ledger-reader.ts';
import { encodeLedger, ledgerKey, type MergeLedger, type MergeValue } from './merge-ledger.ts';
import { MergeState, type ReadLedger } from './merge-state.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import type { MonitoredModel } from './monitored-model.ts';
import type { SkewState } from './skew-state.ts';
import { WindowJudge } from './window-judge.ts';

export interface MergeContext {
  readonly plan: Plan;
  readonly models: ReadonlyMap<string, MonitoredModel>;
  /** Published names of the model's outputs, in order. */
  readonly outputs: readonly string[];
  /** Before what was read is read again. */
  readonly refresh?: () => Promise<void>;
  readonly readLedger: ReadLedger;
  readonly observer: MonitorObserver;
  /** What is due to be computed again has changed, or is known again. */
  readonly onSkew?: ((state: SkewState) => void) | undefined;
}

/** A record of `counts`, and what it says. */
export interface MergeRecord {
  readonly offset: number;
  readonly read: CountsRecord;
}

const NOTHING_TOLD: MonitorObserver = {};

/** Adds up the counts of all partitions, closes windows by their common progress, and judges them in their order. */
export class Merge {
  readonly #context: MergeContext;
  readonly #ledgerKey: string;
  readonly #ledgers: LedgerReader;
  readonly #merger: CountsMerger;
  readonly #judge: WindowJudge;

  constructor(context: MergeContext) {
    this.#context = context;
    this.#ledgerKey = ledgerKey(context.plan);
    this.#ledgers = new LedgerReader(() => context.readLedger(this.#ledgerKey));
    this.#merger = new CountsMerger(context.plan, context.models);
    this.#judge = new WindowJudge(context);
  }

  open(): MergeState {
    const replay = (value: MergeValue, record: InboundRecord): MergeValue => this.#replay(value, record);
    const readLedger = (offset: number): Promise<MergeLedger> => this.#ledgers.upTo(offset);
    const { refresh, onSkew } = this.#context;
    return new MergeState({ readLedger, replay, refresh, restored: ({ skew }) => onSkew?.(skew) });
  }

  /** @throws RangeError where a record is none of `counts` */
  read(records: readonly InboundRecord[]): readonly MergeRecord[] {
    return records.map((record) => ({ offset: record.offset, read: decode(record) }));
  }

  /** What is told of the windows that closed, and in each batch that closed any, or in which somebody spoke, one ledger behind it. */
  process(records: readonly MergeRecord[], state: MergeState): readonly OutboundRecord[] {
    const [first, last] = [records[0], records.at(-1)];
    if (!first || !last) return [];
    const told: OutboundRecord[] = [];
    let mustWrite = false;
    let value = state.value;
    for (const { read } of records) {
      const step = this.#merger.apply(value, read, this.#context.observer);
      value = step.value;
      mustWrite ||= step.closed.length > 0 || read.kind === 'note';
      for (const window of step.closed) {
        value = this.#judge.judge(value, window, told);
        this.#context.onSkew?.(value.skew);
      }
    }
    const ledgerAt = mustWrite ? last.offset + 1 : null;
    state.replace(value, first.offset, ledgerAt);
    return ledgerAt === null ? [] : [...told, this.#ledger(value, ledgerAt)];
  }

  /** Between a ledger and the commit nothing closed: a record is added and that is all. */
  #replay(value: MergeValue, record: InboundRecord): MergeValue {
    try {
      return this.#merger.apply(value, decode(record), NOTHING_TOLD).value;
    } catch (error) {
      if (error instanceof RangeError) return value; // given up then, skipped now
      throw error;
    }
  }

  #ledger(value: MergeValue, offset: number): OutboundRecord {
    const { ledger } = this.#context.plan.names;
    return { topic: ledger, partition: 0, key: this.#ledgerKey, value: encodeLedger({ ...value, offset }) };
  }
}

function decode({ value, headers }: InboundRecord): CountsRecord {
  const read = decodeCountsRecord(value ?? Buffer.alloc(0));
  const traceparent = headerText(headers, 'traceparent');
  return read.kind === 'delta' && traceparent !== undefined ? { ...read, traceparent } : read;
}
