/** What is known of a metric before it has a value. */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** What its value is in; `1` for a pure number. Times and sizes have it in their names, too. */
  readonly unit: string;
  readonly labels: readonly string[];
  /** For people: half a sentence, in Markdown; what a label may be where its name does not say it. */
  readonly meaning: string;
  /** Inclusive upper bounds of a histogram's buckets. */
  readonly boundaries?: readonly number[];
}

type Row<Kind, Label extends string> = Omit<MetricRow, 'kind' | 'labels'> & {
  readonly kind: Kind;
  readonly labels: readonly Label[];
};

export function counter<const Label extends string>(
  unit: string,
  labels: readonly Label[],
  meaning: string,
): Row<'counter', Label> {
  return { kind: 'counter', unit, labels, meaning };
}

export function gauge<const Label extends string>(
  unit: string,
  labels: readonly Label[],
  meaning: string,
): Row<'gauge', Label> {
  return { kind: 'gauge', unit, labels, meaning };
}

export function histogram<const Label extends string>(
  unit: string,
  boundaries: readonly number[],
  labels: readonly Label[],
  meaning: string,
): Row<'histogram', Label> {
  return { kind: 'histogram', unit, labels, meaning, boundaries };
}
