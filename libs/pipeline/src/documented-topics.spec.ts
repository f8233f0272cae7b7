import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { loadPlan } from './load-plan.ts';
import { topicSpecs, type PlannedTopic } from './topic-specs.ts';

const page = await readFile(new URL('../../../docs/topics.md', import.meta.url), 'utf8');
const plan = await loadPlan(fileURLToPath(new URL('../../../examples/flights/pipeline.yaml', import.meta.url)));

describe('docs/topics.md', () => {
  it('lists every topic with its partitions, cleanup and timestamps as it is created', () => {
    const table = /<!-- topics[^\n]*\n(.*)\n<!-- \/topics/s.exec(page)?.[1] ?? '';
    const rows = table
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .split('|')
          .slice(1, 5)
          .map((cell) => cell.trim()),
      );
    const made = topicSpecs(plan)
      .map(row)
      .map((cells) => JSON.stringify(cells));
    expect(new Set(rows.map((cells) => JSON.stringify(cells)))).toEqual(new Set(made));
  });
});

function row({ topic, partitions, config }: PlannedTopic): readonly string[] {
  const kept =
    config['cleanup.policy'] === 'compact'
      ? 'last of each key'
      : config['retention.ms'] === '-1'
        ? 'for ever'
        : 'retention';
  const stamped = config['message.timestamp.type'] === 'LogAppendTime' ? "broker's" : "the producer's";
  return [`\`${written(topic)}\``, partitions === 1 ? '1' : '`topics.partitions`', kept, stamped];
}

function written(topic: string): string {
  return topic
    .replace(plan.name, '<p>')
    .replace(plan.featureSet, '<fs>')
    .replace(/\.by\..*/, '.by.<fields>');
}
