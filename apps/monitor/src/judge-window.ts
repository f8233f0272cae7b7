import {
  closeWindow,
  movedBins,
  rankFindings,
  severityOf,
  UNWATCHED,
  withoutData,
  type Evidence,
  type IncidentEvent,
  type MovedBin,
  type OpenIncident,
  type RuledSignal,
  type Severity,
  type SignalWatch,
} from '@millrace/drift';

import type { ClosedWindow } from './close-windows.ts';
import type { PerformanceReport } from './performance-report.ts';
import type { Weighing } from './weigh-window.ts';

/** The watches of one (version, variant), by signal. */
export type Watches = ReadonlyMap<string, SignalWatch>;

/** What a window says of a signal, and how the signal stands after it. */
export interface JudgedSignal {
  readonly ruled: RuledSignal;
  /** Null where the window says nothing. */
  readonly evidence: Evidence | null;
  readonly watch: SignalWatch;
}

/** Something to tell about a signal. */
export interface Finding extends JudgedSignal {
  readonly event: IncidentEvent;
  readonly incident: OpenIncident;
  readonly evidence: Evidence;
  readonly severity: Severity;
  readonly moved: readonly MovedBin[];
  /** Its part of the log e × importance of all that is told with it. */
  readonly share: number;
  /** Of a signal that is about performance. */
  readonly performance: PerformanceReport | null;
  /** The id of a prediction that shows it, where one is known. */
  readonly example?: string;
}

export interface Judgement {
  readonly watches: Watches;
  readonly signals: readonly JudgedSignal[];
  /** Those that weigh most first. */
  readonly findings: readonly Finding[];
}

/** What a closed window means for every signal that was weighed. */
export function judgeWindow(
  window: ClosedWindow,
  weighings: readonly Weighing[],
  before: Watches,
  report: PerformanceReport | null,
): Judgement {
  const judged = weighings.map((weighing) =>
    judgeSignal(window, report, weighing, before.get(weighing.ruled.signal.name) ?? UNWATCHED),
  );
  const found = judged.flatMap(({ finding }) => finding ?? []);
  return {
    watches: new Map([...before, ...judged.map(({ ruled, watch }) => [ruled.signal.name, watch] as const)]),
    signals: judged,
    findings: rankFindings(found),
  };
}

function judgeSignal(
  window: ClosedWindow,
  report: PerformanceReport | null,
  { ruled, counts, evidence, importance, severity, example }: Weighing,
  before: SignalWatch,
) {
  const { signal, rule } = ruled;
  if (!window.enough || evidence === null) return { ruled, evidence: null, watch: withoutData(before), finding: null };
  const { watch, event, incident } = closeWindow(before, evidence, window, rule);
  const judged = { ruled, evidence, watch };
  if (!event || !incident) return { ...judged, finding: null };
  const finding = {
    ...judged,
    ...(importance !== undefined && { importance }),
    ...(example !== undefined && { example }),
    event,
    incident,
    logE: evidence.logE,
    severity: severity ?? severityOf(signal.name, importance),
    moved: movedBins(signal, counts),
    performance: isOfPerformance(signal.name) ? report : null,
  };
  return { ...judged, finding };
}

function isOfPerformance(signal: string): boolean {
  return /^(performance|estimate)\./.test(signal);
}
