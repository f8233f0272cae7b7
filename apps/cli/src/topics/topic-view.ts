import type { Plan } from '@millrace/pipeline';
import type { InboundRecord, VectorRow } from '@millrace/records';

import { featureCells, featureColumns } from '../rows/feature-columns.ts';
import { jsonObject } from '../rows/text-encoding.ts';
import { deadLetterView, masked } from './dead-letter-view.ts';
import { jsonLine, jsonLinesTable } from './json-lines.ts';
import { predictionTable } from './prediction-table.ts';
import type { TableMaker } from './table.ts';
import { vectorOf, vectorTable } from './vector-table.ts';

export const VIEWS = ['predictions', 'alerts', 'examples', 'outcomes', 'features', 'dlq'] as const;
export type ViewName = (typeof VIEWS)[number];

/** How the records of a topic are shown, and written to a file. */
export interface TopicView {
  readonly topic: string;
  /** False: not for people. */
  shows(record: InboundRecord): boolean;
  line(record: InboundRecord): string;
  /** @throws AppError `WRONG_USE` for a file that cannot be written so */
  table(file: string): TableMaker;
}

export function topicView(name: ViewName, plan: Plan): TopicView {
  switch (name) {
    case 'features':
      return featuresView(plan);
    case 'predictions':
    case 'examples':
      return predictionView(name, plan);
    case 'dlq':
      return jsonView(plan.names.dlq, (record) => JSON.stringify(masked(deadLetterView(record), plan)));
    case 'alerts':
    case 'outcomes':
      return jsonView(plan.names[name], jsonLine);
  }
}

function jsonView(topic: string, line: (record: InboundRecord) => string): TopicView {
  return { topic, shows: () => true, line, table: (file) => jsonLinesTable(file, line) };
}

/** JSON lines are the records as they are; Parquet has a column for each of their values. */
function predictionView(name: 'predictions' | 'examples', plan: Plan): TopicView {
  return {
    ...jsonView(plan.names[name], jsonLine),
    table: (file) =>
      file.endsWith('.parquet') ? predictionTable(file, name, plan) : jsonLinesTable(file, jsonLine, ['.parquet']),
  };
}

function featuresView(plan: Plan): TopicView {
  const lineOf = jsonObject(featureColumns(plan));
  return {
    topic: plan.names.features,
    shows: (record) => vectorOf(record) !== null,
    line: (record) => lineOf(featureCells(vectorOf(record) as VectorRow)),
    table: (file) => vectorTable(file, plan),
  };
}
