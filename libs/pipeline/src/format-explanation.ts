import type { PlanExplanation } from './explain-plan.ts';
import type { StageEstimate } from './state-estimate.ts';

/** The explanation as text for a terminal. */
export function formatExplanation(explained: PlanExplanation): string {
  const { model, state } = explained;
  return [
    `Pipeline ${explained.name}, feature set ${explained.feature_set}`,
    section(
      'Events',
      explained.events.map((event) => [event.type, `id ${event.id}`, `time ${event.time}`]),
    ),
    section(
      'Topics',
      explained.topics.map((topic) => [topic.topic, partitions(topic.partitions), `keeps ${topic.kept}`]),
    ),
    section('Stages', explained.stages.map(stageRow)),
    section(
      'Vector',
      explained.vector.map((feature) => [String(feature.index).padStart(3), feature.name, feature.from]),
    ),
    section('Model', [[model.name, `version ${model.version}`], ...model.signature.map((line) => [`  ${line}`])]),
    section(`State at ${state.rate} events/s, evenly over the types`, [
      ...state.stages.map(stateRow),
      ['together', count(state.records), bytes(state.bytes)],
      [`a restart reads for ${seconds(state.restoreSeconds)}`],
    ]),
    ...(explained.warnings.length > 0
      ? [
          section(
            'Warnings',
            explained.warnings.map((warning) => [warning]),
          ),
        ]
      : []),
  ].join('\n\n');
}

function stateRow({ by, records, bytes: size, panesPerKey, paneBytesPerKey }: StageEstimate): readonly string[] {
  const panes =
    panesPerKey === 0
      ? ''
      : `, and under each key at most ${panesPerKey.toLocaleString('en-US')} panes, ${bytes(paneBytesPerKey)}`;
  return [`by ${by.join(', ')}`, count(records), `${bytes(size)}${panes}`];
}

function stageRow(stage: PlanExplanation['stages'][number]): readonly string[] {
  const role = stage.assembler ? 'assembles vectors' : '';
  const features =
    stage.features.length === 0 ? 'no feature' : `longest window ${stage.longest}: ${stage.features.join(', ')}`;
  return [`by ${stage.by.join(', ')}`, role, features];
}

/** A title and rows in columns. */
function section(title: string, rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  const lines = rows.map((row) =>
    `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd(),
  );
  return [title, ...lines].join('\n');
}

function partitions(number: number): string {
  return number === 1 ? '1 partition' : `${number} partitions`;
}

function count(records: number): string {
  return `${records.toLocaleString('en-US')} events`;
}

function bytes(amount: number): string {
  return amount < 1024 ** 2
    ? `${Math.ceil(amount / 1024)} kB`
    : `${Math.round(amount / 1024 ** 2).toLocaleString('en-US')} MB`;
}

function seconds(amount: number): string {
  return amount < 1 ? 'less than a second' : `${Math.ceil(amount)} s`;
}
