import type { Plan } from '@millrace/pipeline';
import type { OutboundRecord } from '@millrace/records';

import { alertRecord } from './alert-record.ts';
import type { ClosedWindow } from './close-windows.ts';
import { judgeWindow, type Watches } from './judge-window.ts';
import type { MergeValue } from './merge-ledger.ts';
import { streamKey } from './merged-windows.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import type { MonitoredModel } from './monitored-model.ts';
import { performanceReport } from './performance-report.ts';
import { wasStable, withTurn, type Turn } from './stable-inputs.ts';
import { windowRecord } from './window-record.ts';

export interface JudgeContext {
  readonly plan: Plan;
  readonly models: ReadonlyMap<string, MonitoredModel>;
  readonly observer: MonitorObserver;
}

const NOT_WATCHED: Watches = new Map();

/** Judges closed windows one after the other: alerts, and what became of each window. */
export class WindowJudge {
  readonly #context: JudgeContext;

  constructor(context: JudgeContext) {
    this.#context = context;
  }

  /** @param told where the records go */
  judge(value: MergeValue, window: ClosedWindow, told: OutboundRecord[]): MergeValue {
    const { plan, models, observer } = this.#context;
    const model = models.get(window.version);
    if (!model) return value;
    const key = JSON.stringify([window.version, window.variant]);
    const turns = value.turns.get(key) ?? [];
    const performance = performanceReport(window, model, wasStable(turns, window.end));
    const { watches, signals, findings } = judgeWindow(
      window,
      model,
      value.watches.get(key) ?? NOT_WATCHED,
      performance,
    );
    observer.windowClosed?.(window.version, window, window.rows, window.enough);
    for (const finding of findings) {
      observer.alerted?.(finding.ruled.signal.name, finding.event);
      told.push(alertRecord(finding, window, plan));
    }
    const stream = streamKey(window);
    const { closed, late } = value.streams.get(stream) ?? { closed: 0, late: 0 };
    told.push(windowRecord({ window, number: closed, late, signals, performance }, plan.names.ledger, plan.featureSet));
    return {
      ...value,
      watches: new Map(value.watches).set(key, watches),
      turns: new Map(value.turns).set(key, turned(turns, window, model, watches)),
      streams: new Map(value.streams).set(stream, { closed: closed + 1, late: 0 }),
    };
  }
}

function turned(
  turns: readonly Turn[],
  { subject, end }: ClosedWindow,
  { table }: MonitoredModel,
  watches: Watches,
): readonly Turn[] {
  if (subject !== 'rows') return turns;
  return withTurn(turns, end, !table.watched.some(({ name }) => watches.get(name)?.incident));
}
