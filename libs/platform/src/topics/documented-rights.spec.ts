import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { loadPlan } from '@millrace/pipeline';
import type { Right } from '@millrace/stream';
import { describe, expect, it } from 'vitest';

import { SERVICE_NAMES } from '../bootstrap/service-options.ts';
import { serviceRights } from './service-rights.ts';

const page = await readFile(new URL('../../../../docs/security.md', import.meta.url), 'utf8');
const plan = await loadPlan(fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url)));

/** Rights on all topics alike stand in the text. */
const isOnEveryTopic = ({ operation, kind }: Right): boolean => kind === 'topic' && operation.startsWith('Describe');

const written = (name: string): string =>
  `\`${name
    .replace(plan.name, '<p>')
    .replace(plan.featureSet, '<fs>')
    .replace(/\.by\..*/, '.by.*')}\``;

describe('docs/security.md', () => {
  it('lists what each service must be granted, and nothing else', () => {
    const table = /<!-- rights[^\n]*\n(.*)\n<!-- \/rights/s.exec(page)?.[1] ?? '';
    const rows = table
      .split('\n')
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const found = rows.flatMap(([, service, operation, kind, names = '']) =>
      names.split(', ').map((name) => [service, operation, kind, name].join(' ')),
    );
    const needed = SERVICE_NAMES.flatMap((service) =>
      serviceRights(plan, service)
        .filter((right) => !isOnEveryTopic(right))
        .map(({ kind, name, operation }) => [service, operation, kind, written(name)].join(' ')),
    );
    expect(found.toSorted()).toEqual([...new Set(needed)].toSorted());
  });

  it('says what the monitor needs besides where it computes predictions again', () => {
    const again = serviceRights({ ...plan, monitor: { ...plan.monitor, skew: 0.01 } }, 'monitor');
    const usual = serviceRights(plan, 'monitor').map((right) => JSON.stringify(right));
    const more = again.filter((right) => right.operation !== 'Describe' && !usual.includes(JSON.stringify(right)));
    expect(more).toEqual([{ kind: 'topic', name: plan.names.events, operation: 'Read' }]);
    expect(page).toContain('`monitor.skew` above 0 the monitor also needs `Read` on `<p>.events`');
  });
});
