import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { NEEDED_VERSIONS, unspokenOf } from './needed-versions.ts';
import { API_KEYS } from './request.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const ALL = new Map(Object.values(API_KEYS).map((key) => [key, { least: 0, most: 99 }]));

describe('the versions that are needed', () => {
  it('are those in which requests are sent', () => {
    const sources = globSync('*.ts', { cwd: FOLDER }).filter((file) => !file.endsWith('.spec.ts'));
    const sent = sources.flatMap((file) => [
      ...readFileSync(`${FOLDER}/${file}`, 'utf8').matchAll(/api: '(\w+)',\s+version: (\d+),/g),
    ]);
    expect(Object.fromEntries(sent.map(([, api, version]) => [api, Number(version)]))).toEqual(NEEDED_VERSIONS);
  });

  it('are missed by name where a broker has older ones, newer ones, or none', () => {
    const spoken = new Map(ALL)
      .set(API_KEYS.Metadata, { least: 0, most: 7 })
      .set(API_KEYS.Produce, { least: 8, most: 12 });
    spoken.delete(API_KEYS.DeleteGroups);
    expect(unspokenOf(spoken)).toEqual([
      'Produce 7 (found 8 to 12)',
      'Metadata 8 (found 0 to 7)',
      'DeleteGroups 1 (found none)',
    ]);
    expect(unspokenOf(ALL)).toEqual([]);
  });
});
