import { AppError, messageOf } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, partitionKey, shortestFloat32, type InboundRecord } from '@millrace/records';

import { rowFormatOf, type Cell, type RowFormat } from '../rows/row-format.ts';
import { deadLetterView, masked } from './dead-letter-view.ts';

export const VIEWS = ['predictions', 'alerts', 'examples', 'outcomes', 'features', 'dlq'] as const;
export type ViewName = (typeof VIEWS)[number];

/** How the records of a topic are shown: a line each. */
export interface TopicView {
  readonly topic: string;
  /** Null: not for people. */
  cells(record: InboundRecord): readonly Cell[] | null;
  /** @throws AppError `WRONG_USE`, `NOT_IN_THIS_VERSION` for a file that cannot be written so */
  format(file: string): RowFormat;
}

export function topicView(name: ViewName, plan: Plan): TopicView {
  if (name === 'features') return featuresView(plan);
  if (name === 'dlq') return jsonView(plan.names.dlq, (record) => JSON.stringify(masked(deadLetterView(record), plan)));
  return jsonView(plan.names[name], jsonLine);
}

function jsonView(topic: string, line: (record: InboundRecord) => string): TopicView {
  return { topic, cells: (record) => [line(record)], format: jsonLinesFormat };
}

function jsonLinesFormat(file: string): RowFormat {
  if (!/\.jsonl(\.gz)?$/.test(file))
    throw new AppError(
      'WRONG_USE',
      `${file}: this topic is written as JSON lines; the name must end in .jsonl or .jsonl.gz.`,
    );
  return { header: null, line: ([text]) => String(text) };
}

/** On one line, whatever blanks its writer used. */
function jsonLine(record: InboundRecord): string {
  const text = record.value?.toString('utf8') ?? 'null';
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (error) {
    throw new AppError(
      'INPUT_INVALID',
      `${placeOf(record)} is not JSON (${messageOf(error)}); it was not Millrace that wrote it.`,
      { cause: error },
    );
  }
}

/** The columns of `millrace features`, so that the two can be compared. */
function featuresView(plan: Plan): TopicView {
  const columns = ['id', 'at', 'key', ...plan.vector.map(({ name }) => name)];
  return { topic: plan.names.features, cells: vectorCells, format: (file) => rowFormatOf(file, columns) };
}

function vectorCells(record: InboundRecord): readonly Cell[] | null {
  const decoded = decodeFeaturesRecord(record.value ?? Buffer.alloc(0));
  if (decoded.kind !== 'vector') return null;
  const { id, at, key, vector } = decoded;
  return [id, at, key, ...Array.from(vector, (value) => (Number.isFinite(value) ? shortestFloat32(value) : null))];
}

function placeOf(record: InboundRecord): string {
  return `offset ${record.offset} of ${partitionKey(record)}`;
}
