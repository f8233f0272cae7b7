import type { Incident, Series, Severity, SignalState, StreamStatus } from './api-types.ts';

/** A signal as the table has it. */
export interface RankedSignal {
  readonly signal: string;
  readonly state: SignalState;
  readonly severity: Severity | null;
  readonly onset: string | null;
  /** Of the newest judged window; null before there is one. */
  readonly psi: number | null;
  readonly floor: number | null;
  /** PSI of the windows kept, oldest first. */
  readonly history: readonly (number | null)[];
}

const BY_STATE: readonly SignalState[] = ['worsened', 'open', 'suspected', 'insufficient_data', 'resolved', 'ok'];
const BY_SEVERITY: readonly (Severity | null)[] = ['critical', 'warning', 'info', null];

/** Worst first: what is open, by severity; then what is suspected; the rest by how near the floor it is. */
export function rankSignals(
  { signals, version, variant }: StreamStatus,
  series: readonly Series[],
  incidents: readonly Incident[],
): readonly RankedSignal[] {
  const open = incidents.filter((one) => one.state === 'open' && one.version === version && one.variant === variant);
  const ranked = signals.map(({ signal, state, onset }): RankedSignal => {
    const columns = series.find((one) => signal in one.signals)?.signals[signal];
    const judged = columns?.psi.findLastIndex((psi) => psi !== null) ?? -1;
    const incident = open.find((one) => one.signal === signal);
    return {
      signal,
      state,
      severity: incident?.severity ?? null,
      onset: incident?.onset ?? onset,
      psi: columns?.psi[judged] ?? null,
      floor: columns?.floor[judged] ?? null,
      history: columns?.psi ?? [],
    };
  });
  return ranked.sort((a, b) => compare(badness(a), badness(b)) || a.signal.localeCompare(b.signal));
}

function badness({ state, severity, psi, floor }: RankedSignal): readonly number[] {
  const isOpen = state === 'open' || state === 'worsened';
  const place = isOpen ? 0 : BY_STATE.indexOf(state);
  return [place, BY_SEVERITY.indexOf(severity), -(psi ?? 0) / (floor || 1)];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
