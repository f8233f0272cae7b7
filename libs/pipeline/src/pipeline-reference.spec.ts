import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { ADDED_FUNCTIONS } from './expression-environment.ts';
import { pipelineReference } from './pipeline-reference.ts';
import { EVENT_OPTIONS, PIPELINE_SCHEMA } from './pipeline-schema.ts';

const page = await readFile(new URL('../../../docs/pipeline.md', import.meta.url), 'utf8');

describe('docs/pipeline.md', () => {
  it('lists every key of the JSON Schema with what is allowed, its default and its meaning', () => {
    expect(/<!-- keys[^\n]*\n(.*)\n<!-- \/keys/s.exec(page)?.[1]).toBe(pipelineReference());
  });

  it('lists every function and every aggregation', () => {
    const aggregations = (
      PIPELINE_SCHEMA as { $defs: { feature: { properties: { take: { enum: readonly string[] } } } } }
    ).$defs.feature.properties.take.enum;
    for (const name of ADDED_FUNCTIONS) expect(page).toMatch(new RegExp(`^\\| [^|]*\`${name}\\(`, 'm'));
    for (const name of aggregations) expect(page).toMatch(new RegExp(`^\\| [^|]*\`${name}\`[^|]*\\|`, 'm'));
  });

  it('says which names under events are no types', () => {
    for (const name of EVENT_OPTIONS) expect(page).toContain(`\`${name}\``);
  });
});
