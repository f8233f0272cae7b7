import { METRIC_CATALOGUE, type LabelsOf, type MetricName } from './catalogue/metric-catalogue.ts';
import type { MetricRow } from './catalogue/metric-row.ts';
import { Counter } from './counter.ts';
import { Histogram } from './histogram.ts';

export type Labels = Readonly<Record<string, string>>;

/** One value of a metric that is looked up when somebody asks. */
export interface Reading<L extends Labels = Labels> {
  readonly labels: L;
  readonly value: number;
}

/** A series of a family. */
export interface Point {
  readonly labels: Labels;
  readonly value: number | Histogram;
}

/** A metric with all its series, as of now. */
export interface MetricFamily extends Pick<MetricRow, 'kind' | 'meaning'> {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Labels are an argument only of what has some. */
type LabelArguments<Name extends MetricName> = [keyof LabelsOf<Name>] extends [never] ? [] : [labels: LabelsOf<Name>];
type Read = () => Iterable<Point>;

/**
 * The numbers of one service, all of the catalogue. They are plain fields that the record path adds to; `families` reads
 * them when somebody asks.
 */
export class MetricRegistry {
  readonly #families = new Map<MetricName, Read[]>();

  counter<Name extends MetricName<'counter'>>(name: Name, ...[labels]: LabelArguments<Name>): Counter {
    const counter = new Counter();
    this.#add(name, () => [{ labels: labels ?? {}, value: counter.value }]);
    return counter;
  }

  histogram<Name extends MetricName<'histogram'>>(name: Name, ...[labels]: LabelArguments<Name>): Histogram {
    const value = new Histogram(METRIC_CATALOGUE[name].boundaries ?? []);
    this.#add(name, () => [{ labels: labels ?? {}, value }]);
    return value;
  }

  /** A gauge, or a counter that is kept elsewhere. Without readings it is not shown. */
  readings<Name extends MetricName<'gauge' | 'counter'>>(
    name: Name,
    read: () => Iterable<Reading<LabelsOf<Name>>>,
  ): void {
    this.#add(name, read);
  }

  /** One without labels; null leaves it out. */
  reading<Name extends MetricName<'gauge' | 'counter'>>(
    name: [keyof LabelsOf<Name>] extends [never] ? Name : never,
    read: () => number | null,
  ): void {
    this.#add(name, () => {
      const value = read();
      return value === null ? [] : [{ labels: {}, value }];
    });
  }

  /** In the order in which they were first registered. */
  families(): readonly MetricFamily[] {
    return [...this.#families].map(([name, reads]) => {
      const { kind, meaning } = METRIC_CATALOGUE[name];
      return { name, kind, meaning, points: reads.flatMap((read) => [...read()]) };
    });
  }

  #add(name: MetricName, read: Read): void {
    const known = this.#families.get(name);
    if (known) known.push(read);
    else this.#families.set(name, [read]);
  }
}
