import { realisedErrors, seasonalShare } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import type { OutboundRecord } from '@millrace/records';

import { alertRecord } from './alert-record.ts';
import type { ClosedWindow } from './close-windows.ts';
import { detectChanges } from './error-detectors.ts';
import { keepAlert } from './incident-ring.ts';
import { judgeWindow, type Watches } from './judge-window.ts';
import { learntFrom, liveModel, NOTHING_LEARNT, onLiveBins } from './live-reference.ts';
import { ledgerKey, type MergeValue } from './merge-ledger.ts';
import { streamKey } from './merged-windows.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import { LABELS_SLOT, type MonitoredModel } from './monitored-model.ts';
import { performanceReport, type PerformanceReport } from './performance-report.ts';
import { learnt, weighRates } from './rates.ts';
import { silencesAt } from './silences.ts';
import { silentWindow } from './silent-window.ts';
import { withDue } from './skew-state.ts';
import { wasStable, withTurn, type Turn } from './stable-inputs.ts';
import { weighSkew } from './weigh-skew.ts';
import { weighWindow, type Weighing } from './weigh-window.ts';
import { windowRecord } from './window-record.ts';

export interface JudgeContext {
  readonly plan: Plan;
  readonly models: ReadonlyMap<string, MonitoredModel>;
  /** Published names of the model's outputs, in order. */
  readonly outputs: readonly string[];
  readonly observer: MonitorObserver;
}

const NOT_WATCHED: Watches = new Map();

type Judge = (value: MergeValue, window: ClosedWindow, told: OutboundRecord[]) => MergeValue;

/** Judges closed windows one after the other: alerts, and what became of each window. */
export class WindowJudge {
  readonly #context: JudgeContext;
  readonly #judges: Readonly<Record<ClosedWindow['subject'], Judge>> = {
    rows: (...window) => this.#judgeModel(...window),
    labels: (...window) => this.#judgeModel(...window),
    sketches: (...window) => this.#judgeSketches(...window),
    events: (...window) => this.#judgeEvents(...window),
    skew: (...window) => this.#judgeSkew(...window),
  };

  constructor(context: JudgeContext) {
    this.#context = context;
  }

  /** @param told where the records go */
  judge(before: MergeValue, closed: ClosedWindow, told: OutboundRecord[]): MergeValue {
    const silent = silentWindow(closed, before, this.#context.plan.monitor.window);
    const value = silent === null ? before : this.#tell(before, silent, [], null, told);
    return this.#judges[closed.subject](value, closed, told);
  }

  #judgeModel(value: MergeValue, closed: ClosedWindow, told: OutboundRecord[]): MergeValue {
    const model = this.#context.models.get(closed.version);
    if (!model) return value;
    const window = this.#byHour(closed, model);
    const key = subjectKey(window);
    const turns = value.turns.get(key) ?? [];
    const report = performanceReport(window, model, wasStable(turns, window.end));
    const { performance, detectors } = withChanges(report, window, value.detectors, key);
    const judged = this.#tell(value, window, weighWindow(window, model, performance), performance, told);
    const watches = judged.watches.get(key) ?? NOT_WATCHED;
    return { ...judged, detectors, turns: new Map(value.turns).set(key, turned(turns, window, model, watches)) };
  }

  #judgeSkew(value: MergeValue, window: ClosedWindow, told: OutboundRecord[]): MergeValue {
    return this.#tell(value, window, weighSkew(window, this.#context.plan.monitor), null, told);
  }

  #judgeEvents(value: MergeValue, window: ClosedWindow, told: OutboundRecord[]): MergeValue {
    const { plan } = this.#context;
    const judged = this.#tell(value, window, weighRates(window, value.usual, plan), null, told);
    return { ...judged, usual: window.enough ? learnt(value.usual, window, plan) : value.usual };
  }

  /** The first windows of a version without a profile are what later ones are compared with. */
  #judgeSketches(value: MergeValue, window: ClosedWindow, told: OutboundRecord[]): MergeValue {
    const { plan, outputs, observer } = this.#context;
    const known = value.live.get(window.version) ?? NOTHING_LEARNT;
    const learnt = learntFrom(known, window, plan, outputs);
    observer.learnt?.(window.version, learnt.rows, learnt.profile !== null);
    if (known.profile !== null) {
      const model = liveModel(known.profile, plan);
      const binned = this.#byHour(onLiveBins(window, model), model);
      return this.#tell(value, binned, weighWindow(binned, model, null), null, told);
    }
    const learning = { ...window, subject: 'rows', reference: 'learning', counts: [] } as const;
    const after = this.#tell(value, learning, [], null, told);
    return { ...after, live: new Map(value.live).set(window.version, learnt) };
  }

  #byHour(window: ClosedWindow, { table }: MonitoredModel): ClosedWindow {
    const [first] = table.watched;
    if (!this.#context.plan.monitor.seasonal || window.subject !== 'rows' || !first) return window;
    return { ...window, byHour: seasonalShare(first, window) };
  }

  #tell(
    value: MergeValue,
    window: ClosedWindow,
    weighings: readonly Weighing[],
    performance: PerformanceReport | null,
    told: OutboundRecord[],
  ): MergeValue {
    const { plan, observer } = this.#context;
    const [key, stream] = [subjectKey(window), streamKey(window)];
    const { watches, signals, findings } = judgeWindow(
      window,
      weighings,
      value.watches.get(key) ?? NOT_WATCHED,
      performance,
    );
    const silences = silencesAt(value.silences, window.end);
    observer.windowClosed?.(window.version, window, window.rows, window.enough);
    if (performance && window.enough) observer.measured?.(window.version, window.variant, performance);
    const to = { topic: plan.names.ledger, key: ledgerKey(plan) };
    let { incidents } = value;
    for (const finding of findings) {
      const { name } = finding.ruled.signal;
      observer.alerted?.(name, finding.event);
      const silenced = silences.some(({ signal }) => signal === name);
      const alert = alertRecord(finding, window, plan, silenced);
      const kept = keepAlert(incidents, alert, finding.event, to);
      incidents = kept.ring;
      told.push(alert, ...kept.records);
    }
    const { closed, late } = value.streams.get(stream) ?? { closed: 0, late: 0 };
    told.push(windowRecord({ window, number: closed, late, signals, performance }, plan.names.ledger, plan.featureSet));
    return {
      ...value,
      silences,
      incidents,
      skew: window.subject === 'rows' && plan.monitor.skew > 0 ? withDue(value.skew, window) : value.skew,
      watches: new Map(value.watches).set(key, watches),
      streams: new Map(value.streams).set(stream, { closed: closed + 1, late: 0, to: window.end }),
    };
  }
}

function subjectKey({ version, variant }: ClosedWindow): string {
  return JSON.stringify([version, variant]);
}

/** What the detectors on error rates say of a window of labels. */
function withChanges(
  report: PerformanceReport | null,
  { enough, counts }: ClosedWindow,
  detectors: MergeValue['detectors'],
  key: string,
): { readonly performance: PerformanceReport | null; readonly detectors: MergeValue['detectors'] } {
  const errors = realisedErrors(counts[LABELS_SLOT] ?? []);
  const isCounted = report?.kind === 'realised' && report.estimated !== null && errors[0] + errors[1] > 0;
  if (!enough || !isCounted) return { performance: report, detectors };
  const found = detectChanges(detectors.get(key), errors);
  return {
    performance: { ...report, changes: found.changes },
    detectors: new Map(detectors).set(key, found.detectors),
  };
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
