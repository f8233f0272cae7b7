import { exactAreaUnderCurve, type Labelled } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import type { InboundRecord } from '@millrace/records';

import { LatencyHistogram } from './latency-histogram.ts';

/** An incident as the summary names it. */
export interface OpenedIncident {
  readonly signal: string;
  /** Event time: the end of the window that opened it. */
  readonly opened_at: string;
}

interface PublishedPrediction {
  readonly id: string;
  readonly time: string;
  readonly outputs: Readonly<Record<string, number | null>>;
}

/** What the demo counts of the topics that its users would read. */
export class DemoTally {
  readonly endToEnd = new LatencyHistogram();
  readonly alerts: OpenedIncident[] = [];
  events = 0;
  requests = 0;
  predictions = 0;
  duplicates = 0;
  deadLetters = 0;
  outcomes = 0;
  examples = 0;
  readonly #plan: Plan;
  /** Requests by id: when they were published and answered, whichever is known of the two so far. */
  readonly #publishedAt = new Map<string, number>();
  readonly #answeredAt = new Map<string, number>();
  readonly #answered = new Set<string>();
  readonly #labelled: (Labelled & { readonly at: number })[] = [];
  #firstAt = Number.POSITIVE_INFINITY;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Requests that have a prediction. */
  get answered(): number {
    return this.#answered.size;
  }

  read(record: InboundRecord): void {
    const { events, predictions, outcomes, examples, alerts, dlq } = this.#plan.names;
    if (record.topic === events) this.#published(record);
    else if (record.topic === predictions) this.#predicted(record);
    else if (record.topic === outcomes) this.outcomes++;
    else if (record.topic === examples) this.#exemplified(record);
    else if (record.topic === alerts) this.#alerted(record);
    else if (record.topic === dlq) this.deadLetters++;
  }

  /** Over the examples that the monitor counts: those after its warm-up. */
  auc(): number | null {
    const from = this.#firstAt + this.#plan.monitor.warmUpMs;
    return exactAreaUnderCurve(this.#labelled.filter(({ at }) => at >= from));
  }

  /** An event; watermarks and what is no JSON are not counted. */
  #published(record: InboundRecord): void {
    const { type, id, at } = parse<{ type: string; id: string; at: string }>(record);
    if (id === undefined) return;
    this.events++;
    this.#firstAt = Math.min(this.#firstAt, Date.parse(at));
    if (type !== this.#plan.predict.on) return;
    this.requests++;
    const answeredAt = this.#answeredAt.get(id);
    if (answeredAt === undefined) this.#publishedAt.set(id, record.timestamp);
    else this.endToEnd.add(answeredAt - record.timestamp);
    this.#answeredAt.delete(id);
  }

  #predicted(record: InboundRecord): void {
    this.predictions++;
    const { id } = parse<PublishedPrediction>(record);
    if (this.#answered.has(id)) this.duplicates++;
    this.#answered.add(id);
    const publishedAt = this.#publishedAt.get(id);
    if (publishedAt === undefined) this.#answeredAt.set(id, record.timestamp);
    else this.endToEnd.add(record.timestamp - publishedAt);
    this.#publishedAt.delete(id);
  }

  #exemplified(record: InboundRecord): void {
    this.examples++;
    const { time, outputs, label } = parse<PublishedPrediction & { readonly label: number | boolean }>(record);
    const score = Object.values(outputs)[0];
    if (typeof score === 'number') this.#labelled.push({ score, label: Number(label), at: Date.parse(time) });
  }

  #alerted(record: InboundRecord): void {
    const type = record.headers.find(([name]) => name === 'ce_type')?.[1]?.toString();
    if (type !== 'millrace.incident.opened') return;
    const { signal, opened_at } = parse<OpenedIncident>(record);
    this.alerts.push({ signal, opened_at });
  }
}

function parse<T>(record: InboundRecord): T {
  return JSON.parse(String(record.value)) as T;
}
