import { AppError } from '@millrace/core';
import { parseEventTime, type Plan } from '@millrace/pipeline';
import type { InboundRecord, PredictionValue } from '@millrace/records';

import { columns, type Cell, type Column } from '../rows/column.ts';
import { rowEncodingOf } from '../rows/row-encoding-of.ts';
import { placeOf, recordJson } from './json-lines.ts';
import type { TableMaker } from './table.ts';

/** A prediction, or an example: that, and what came of it. */
interface TopicRow extends PredictionValue {
  readonly label?: number;
  readonly label_time?: string;
}

/** The names of a record's columns, where they depend on the pipeline or the model. */
interface Names {
  readonly features: readonly string[];
  readonly outputs: readonly string[];
  /** The outputs that are texts. */
  readonly texts: ReadonlySet<string>;
}

/**
 * The records of `<p>.predictions` or `<p>.examples`, a column per value: features and outputs by name. The outputs are
 * those of `predict.outputs`, else those of the first record.
 *
 * @throws AppError `WRONG_USE`
 */
export function predictionTable(file: string, topic: 'predictions' | 'examples', plan: Plan): TableMaker {
  const labelled = topic === 'examples';
  const features = plan.vector.map(({ name }) => name);
  rowEncodingOf(file, columnsOf({ features, outputs: [], texts: new Set() }, labelled));
  return async (records) => {
    const reader = records[Symbol.asyncIterator]();
    const first = await reader.next();
    const known = first.done === true ? {} : (recordJson(first.value) as TopicRow).outputs;
    const outputs = outputsOf(plan, known);
    const texts = new Set(outputs.filter((name) => typeof known[name] === 'string'));
    const names = { features, outputs, texts };
    const checked = plan.predict.outputs === null ? new Set(outputs) : null;
    return {
      encode: rowEncodingOf(file, columnsOf(names, labelled)),
      rows: rowsOf(first, reader, (record) => cellsOf(record, names, labelled, checked)),
    };
  };
}

/** An output of several columns is published under several names, which the file does not have. */
function outputsOf({ predict }: Plan, known: TopicRow['outputs']): readonly string[] {
  const there = Object.keys(known);
  if (predict.outputs === null) return there;
  return [...predict.outputs.values()].flatMap((name) => {
    const columns = there.filter((one) => one === name || one.startsWith(`${name}.`));
    return columns.length > 0 ? columns : [name];
  });
}

function columnsOf({ features, outputs, texts }: Names, labelled: boolean): readonly Column[] {
  return [
    ...columns('text', ['id', 'key']),
    ...columns('instant', ['time']),
    ...columns('text', ['model', 'version', 'variant', 'feature_set']),
    ...columns('float32', features),
    ...outputs.flatMap((name) => columns(texts.has(name) ? 'text' : 'float64', [name])),
    ...columns('instant', ['scored_at']),
    ...(labelled ? [...columns('float64', ['label']), ...columns('instant', ['label_time'])] : []),
  ];
}

function cellsOf(
  record: InboundRecord,
  { features, outputs, texts }: Names,
  labelled: boolean,
  checked: ReadonlySet<string> | null,
): readonly Cell[] {
  const row = recordJson(record) as TopicRow;
  if (checked) refuseOthers(record, row, checked);
  return [
    row.id,
    row.key,
    parseEventTime(row.time),
    row.model,
    row.version,
    row.variant,
    row.feature_set,
    ...features.map((name) => row.features?.[name] ?? null),
    ...outputs.map((name) => outputCell(record, name, row.outputs[name] ?? null, texts.has(name))),
    parseEventTime(row.scored_at),
    ...(labelled ? [row.label ?? null, parseEventTime(row.label_time)] : []),
  ];
}

/** A model of another version may have other outputs: nothing is left out silently. */
function refuseOthers(record: InboundRecord, { outputs }: TopicRow, known: ReadonlySet<string>): void {
  const other = Object.keys(outputs).find((name) => !known.has(name));
  if (other === undefined) return;
  throw new AppError(
    'INPUT_INVALID',
    `${placeOf(record)} has the output ${other}, the first record had ${[...known].join(', ')}. Name those that are wanted with predict.outputs.`,
  );
}

/** In a column of numbers there is no place for a text. */
function outputCell(record: InboundRecord, name: string, value: number | string | null, text: boolean): Cell {
  if (value === null || (typeof value === 'string') === text) return value;
  const [kind, found] = text ? ['a text', 'a number'] : ['a number', 'a text'];
  throw new AppError(
    'INPUT_INVALID',
    `${placeOf(record)} has ${found} for the output ${name}, the first record had ${kind}. Export versions of a model apart.`,
  );
}

async function* rowsOf(
  first: IteratorResult<InboundRecord>,
  reader: AsyncIterator<InboundRecord>,
  cells: (record: InboundRecord) => readonly Cell[],
): AsyncGenerator<readonly Cell[]> {
  try {
    for (let next = first; next.done !== true; next = await reader.next()) yield cells(next.value);
  } finally {
    await reader.return?.();
  }
}
