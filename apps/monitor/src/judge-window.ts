import {
  closeWindow,
  importanceOf,
  movedBins,
  rankFindings,
  UNWATCHED,
  weigh,
  withoutData,
  type Evidence,
  type IncidentEvent,
  type MovedBin,
  type OpenIncident,
  type RuledSignal,
  type SignalState,
  type SignalWatch,
} from '@millrace/drift';

import type { ClosedWindow } from './close-windows.ts';
import type { MonitoredModel } from './monitored-model.ts';

/** The watches of one (version, variant), by signal. */
export type Watches = ReadonlyMap<string, SignalWatch>;

/** Something to tell about a signal. */
export interface Finding {
  readonly ruled: RuledSignal;
  readonly event: IncidentEvent;
  readonly incident: OpenIncident;
  readonly state: SignalState;
  readonly logM: number | null;
  readonly evidence: Evidence;
  readonly moved: readonly MovedBin[];
  /** How much the signal matters to the model, as its profile says. */
  readonly importance?: number;
  /** Its part of the log e × importance of all that is told with it. */
  readonly share: number;
}

export interface Judgement {
  readonly watches: Watches;
  /** Those that weigh most first. */
  readonly findings: readonly Finding[];
}

/** What a closed window means for every watched signal. */
export function judgeWindow(window: ClosedWindow, model: MonitoredModel, before: Watches): Judgement {
  if (!window.enough) {
    const names = model.signals.map(({ signal }) => signal.name);
    return { watches: new Map(names.map((name) => [name, withoutData(before.get(name) ?? UNWATCHED)])), findings: [] };
  }
  const watches = new Map<string, SignalWatch>();
  const findings: Omit<Finding, 'share'>[] = [];
  for (const ruled of model.signals) {
    const { signal, rule } = ruled;
    const counts = window.counts[signal.slot] ?? [];
    const evidence = weigh(signal, counts);
    const { watch, event, incident } = closeWindow(before.get(signal.name) ?? UNWATCHED, evidence, window, rule);
    watches.set(signal.name, watch);
    if (!event || !incident) continue;
    findings.push({
      ruled,
      event,
      incident,
      state: watch.state,
      logM: watch.logM,
      evidence,
      moved: movedBins(signal, counts),
      ...importanceOf(signal, model.profile),
    });
  }
  const weighed = findings.map((finding) => ({ ...finding, logE: finding.evidence.logE }));
  return { watches, findings: rankFindings(weighed) };
}
