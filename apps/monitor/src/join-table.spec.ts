import { Journal } from '@millrace/core';
import type { OutcomeRow, ScoredRow } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { JoinTable } from './join-table.ts';

const WITHIN = 20;
const ORIGIN = { partition: 0, offset: 0 };

const row = (id: string, at: number): { readonly row: ScoredRow; readonly traceparent: undefined } => ({
  row: {
    kind: 'scored',
    id,
    at,
    key: null,
    origin: ORIGIN,
    attempts: 0,
    version: '1',
    variant: 'champion',
    vector: new Float32Array(),
    outputs: new Float64Array(),
    scoredAt: 0,
  },
  traceparent: undefined,
});
const outcome = (id: string, at: number): OutcomeRow => ({
  kind: 'outcome',
  id,
  key: null,
  at,
  label: 1,
  origin: ORIGIN,
  attempts: 0,
});

/** Rows and outcomes by offset. */
interface Topics {
  readonly rows: readonly (readonly [id: string, at: number])[];
  readonly outcomes: readonly (readonly [id: string, at: number])[];
}

/** A table that has lived through the topics until both clocks stand at `clock`, and one that a restart made of the log. */
function livedAndRestarted({ rows, outcomes }: Topics, clock: number): readonly JoinTable[] {
  const tables = [
    new JoinTable(WITHIN, Infinity, new Journal()),
    new JoinTable(WITHIN, Infinity, new Journal()),
  ] as const;
  const [lived, restarted] = tables;
  rows.forEach(([id, at], offset) => lived.addRow(offset, row(id, at)));
  outcomes.forEach(([id, at], offset) => lived.addOutcome(offset, outcome(id, at)));
  lived.expire(clock);
  const kept = lived.keptFrom();
  rows.forEach(([id, at], offset) => {
    if (kept.rows !== null && offset >= kept.rows) restarted.addRow(offset, row(id, at));
  });
  outcomes.forEach(([id, at], offset) => {
    if (kept.outcomes !== null && offset >= kept.outcomes) restarted.addOutcome(offset, outcome(id, at));
  });
  restarted.expire(clock);
  return tables;
}

describe('JoinTable', () => {
  it('keeps a pair until the clocks have passed both, so that a restart knows it for one', () => {
    const topics = { rows: [['a', 10]], outcomes: [['a', 0]] } as const;
    for (const table of livedAndRestarted(topics, 25)) expect(table.addOutcome(7, outcome('a', 24))).toBeNull();
  });

  it('matches nothing with a row that is held only because of what lies before it', () => {
    const topics = {
      rows: [
        ['front', 40],
        ['a', 4],
      ],
      outcomes: [['a', 5]],
    } as const;
    for (const table of livedAndRestarted(topics, 30)) expect(table.addOutcome(7, outcome('a', 6))).toBeNull();
  });

  it('matches a late outcome with a row that the clocks have not left behind', () => {
    const topics = { rows: [['a', 10]], outcomes: [] } as const;
    for (const table of livedAndRestarted(topics, 25)) expect(table.addOutcome(7, outcome('a', 3))).not.toBeNull();
  });
});
