import type { Plan } from '@millrace/pipeline';
import { headerText, type InboundRecord, type PredictionValue, type TopicPartition } from '@millrace/records';

/** What users read, by what kind of record; each as text that says all that must not depend on the weather. */
export interface Outputs {
  readonly predictions: readonly string[];
  readonly examples: readonly string[];
  readonly outcomes: readonly string[];
  readonly deadLetters: readonly string[];
}

export type OutputKind = keyof Outputs;

export const OUTPUT_KINDS: readonly OutputKind[] = ['predictions', 'examples', 'outcomes', 'deadLetters'];

/** The topic of each kind of output. */
export function outputTopics({ names }: Plan): Readonly<Record<OutputKind, string>> {
  return {
    predictions: names.predictions,
    examples: names.examples,
    outcomes: names.outcomes,
    deadLetters: names.dlq,
  };
}

/**
 * An output without what may differ: when it was scored, by which of two feature sets that are alike, and by which version of
 * the model. Begins with its key, so that order can be told by key.
 */
export function outputText(kind: OutputKind, record: InboundRecord): string {
  const key = record.key?.toString('utf8') ?? '';
  return `${key} ${kind === 'deadLetters' ? letterText(record) : valueText(record)} in ${record.partition}`;
}

/** What must be there once. Null where it may come again: an outcome that was sent twice is told twice. */
export function outputIdentity(kind: OutputKind, record: InboundRecord): string | null {
  if (kind === 'deadLetters') return letterText(record);
  return kind === 'outcomes' ? null : (JSON.parse(String(record.value)) as { readonly id: string }).id;
}

function valueText({ value }: InboundRecord): string {
  const {
    scored_at: _,
    feature_set: __,
    version,
    outputs,
    ...rest
  } = JSON.parse(String(value)) as Partial<PredictionValue>;
  return JSON.stringify({ ...rest, ...(version !== undefined && outputs && { outputs: ofFirst(version, outputs) }) });
}

/** What version 1 would have answered: `SimulatedModel` says how they differ. */
function ofFirst(version: string, outputs: PredictionValue['outputs']): PredictionValue['outputs'] {
  const times = 2 ** (Number(version) - 1);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [
      name,
      typeof output === 'number' ? Math.fround(output / times) : output,
    ]),
  );
}

function letterText({ headers, value }: InboundRecord): string {
  const said = ['stage', 'code', 'topic', 'partition', 'offset', 'attempts'].map((name) =>
    headerText(headers, `millrace-${name}`),
  );
  return `${said.join(' ')} ${value === null ? 'null' : value.toString('utf8').slice(0, 200)}`;
}

/** All of a topic's partitions, in the order in which readers find them. */
export function readOutputs(plan: Plan, read: (at: TopicPartition) => readonly InboundRecord[]): Outputs {
  const topics = outputTopics(plan);
  const of = (kind: OutputKind): readonly string[] =>
    Array.from({ length: plan.topics.partitions }, (_, partition) =>
      read({ topic: topics[kind], partition }).map((record) => outputText(kind, record)),
    ).flat();
  return {
    predictions: of('predictions'),
    examples: of('examples'),
    outcomes: of('outcomes'),
    deadLetters: of('deadLetters'),
  };
}
