import type { IncidentEvent } from '@millrace/drift';

import type { PerformanceReport } from './performance-report.ts';

/** Who watches the monitor: metrics and logs. Told while a batch is processed, so again if it is processed again. Must not throw. */
export interface MonitorObserver {
  /** This version has no profile. Told for every such row. */
  unprofiled?(version: string): void;
  /** A window of a version without a profile closed: its reference has so many rows, and is full or not. */
  learnt?(version: string, rows: number, full: boolean): void;
  /** Counts that came after their window was closed, or that do not fit the version's profile, were left out. */
  leftOut?(rows: number, why: 'late' | 'misfit'): void;
  /** An outcome has another label than the first of its id, which counts. */
  contradicted?(): void;
  /** A window closed; `judged` is false where it had too few rows. */
  windowClosed?(
    version: string,
    window: { readonly start: number; readonly end: number },
    rows: number,
    judged: boolean,
  ): void;
  /** A window with enough rows, or labels, was measured. */
  measured?(version: string, variant: string, report: PerformanceReport): void;
  alerted?(signal: string, event: IncidentEvent): void;
}
