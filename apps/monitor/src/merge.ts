import type { Plan } from '@millrace/pipeline';
import {
  decodeCountsRecord,
  type CountsDelta,
  type CountsRecord,
  type InboundRecord,
  type OutboundRecord,
} from '@millrace/records';

import { alertRecord } from './alert-record.ts';
import { closeByRows, closeUpTo, type ClosedWindow, type Closing } from './close-windows.ts';
import { judgeWindow, type Watches } from './judge-window.ts';
import { encodeLedger, type MergeValue } from './merge-ledger.ts';
import { MergeState, type ReadLedger } from './merge-state.ts';
import { fromDelta, horizonOf, withDelta, withProgress } from './merged-windows.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import type { MonitoredModel } from './monitored-model.ts';

export interface MergeContext {
  readonly plan: Plan;
  readonly models: ReadonlyMap<string, MonitoredModel>;
  readonly readLedger: ReadLedger;
  readonly observer: MonitorObserver;
}

interface Step {
  readonly value: MergeValue;
  readonly closed: readonly ClosedWindow[];
}

const NOTHING_TOLD: MonitorObserver = {};
const NOT_WATCHED: Watches = new Map();

/** Adds up the counts of all partitions, closes windows by their common progress, and judges them in their order. */
export class Merge {
  readonly #context: MergeContext;
  readonly #ledgerKey: string;

  constructor(context: MergeContext) {
    this.#context = context;
    this.#ledgerKey = `monitor/${context.plan.featureSet}`;
  }

  open(): MergeState {
    const replay = (value: MergeValue, record: InboundRecord): MergeValue => this.#replay(value, record);
    return new MergeState(() => this.#context.readLedger(this.#ledgerKey), replay);
  }

  /** Alerts, and in each batch that closed windows one ledger behind them. */
  process(records: readonly InboundRecord[], state: MergeState): readonly OutboundRecord[] {
    const [first, last] = [records[0], records.at(-1)];
    if (!first || !last) return [];
    const alerts: OutboundRecord[] = [];
    let value = state.value;
    let closedAny = false;
    for (const record of records) {
      const step = this.#apply(value, decode(record), this.#context.observer);
      value = step.value;
      closedAny ||= step.closed.length > 0;
      for (const window of step.closed) value = this.#judge(value, window, alerts);
    }
    const ledgerAt = closedAny ? last.offset + 1 : null;
    state.replace(value, first.offset, ledgerAt);
    return ledgerAt === null ? [] : [...alerts, this.#ledger(value, ledgerAt)];
  }

  /** Between a ledger and the commit nothing closed: a record is added and that is all. */
  #replay(value: MergeValue, record: InboundRecord): MergeValue {
    try {
      return this.#apply(value, decode(record), NOTHING_TOLD).value;
    } catch (error) {
      if (error instanceof RangeError) return value; // given up then, skipped now
      throw error;
    }
  }

  #apply(value: MergeValue, record: CountsRecord, observer: MonitorObserver): Step {
    const { windows, closed } =
      record.kind === 'progress' ? this.#advance(value, record) : this.#add(value, record, observer);
    return { value: { ...value, windows }, closed };
  }

  #advance({ windows }: MergeValue, record: Extract<CountsRecord, { kind: 'progress' }>): Closing {
    const { topics, monitor } = this.#context.plan;
    const advanced = withProgress(windows, record);
    const horizon = horizonOf(advanced, topics.partitions);
    if (advanced === windows || horizon === null || monitor.window.rows !== null)
      return { windows: advanced, closed: [] };
    return closeUpTo(horizon, advanced, monitor.window);
  }

  #add({ windows }: MergeValue, delta: CountsDelta, observer: MonitorObserver): Closing {
    const { rows } = this.#context.plan.monitor.window;
    const horizon = horizonOf(windows, this.#context.plan.topics.partitions);
    const late = rows === null && horizon !== null && delta.end <= horizon;
    if (late || !this.#fits(delta)) {
      observer.leftOut?.(delta.rows, late ? 'late' : 'misfit');
      return { windows, closed: [] };
    }
    return rows === null
      ? { windows: withDelta(windows, delta), closed: [] }
      : closeByRows(rows, windows, fromDelta(delta));
  }

  /** Counts on other bins than the profile's, or without one, cannot be judged. */
  #fits({ version, counts }: CountsDelta): boolean {
    const slots = this.#context.models.get(version)?.table.slots;
    return slots?.length === counts.length && slots.every(({ bins }, slot) => bins.size === counts[slot]?.length);
  }

  #judge(value: MergeValue, window: ClosedWindow, alerts: OutboundRecord[]): MergeValue {
    const { plan, models, observer } = this.#context;
    const model = models.get(window.version);
    if (!model) return value;
    const key = JSON.stringify([window.version, window.variant]);
    const { watches, findings } = judgeWindow(window, model, value.watches.get(key) ?? NOT_WATCHED);
    observer.windowClosed?.(window.version, window, window.rows, window.enough);
    for (const finding of findings) {
      observer.alerted?.(finding.ruled.signal.name, finding.event);
      alerts.push(alertRecord(finding, window, plan));
    }
    return { ...value, watches: new Map(value.watches).set(key, watches) };
  }

  #ledger(value: MergeValue, offset: number): OutboundRecord {
    const { ledger } = this.#context.plan.names;
    return { topic: ledger, partition: 0, key: this.#ledgerKey, value: encodeLedger({ ...value, offset }) };
  }
}

function decode({ value }: InboundRecord): CountsRecord {
  return decodeCountsRecord(value ?? Buffer.alloc(0));
}
