import type { MetricRegistry } from '@millrace/platform';

interface Reference {
  readonly rows: number;
  readonly full: boolean;
}

/** How far the references from live rows are, by version, from the first window on. */
export class LiveReferenceGauges {
  readonly #references = new Map<string, Reference>();

  constructor(metrics: MetricRegistry) {
    metrics.readings('millrace_monitor_live_reference_rows', () =>
      [...this.#references].map(([version, { rows, full }]) => ({
        labels: { version, full: full ? 'true' : 'false' } as const,
        value: rows,
      })),
    );
  }

  set(version: string, rows: number, full: boolean): void {
    this.#references.set(version, { rows, full });
  }
}
