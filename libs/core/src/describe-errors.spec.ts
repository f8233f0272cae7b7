import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { describeErrors } from './describe-errors.ts';
import { ERROR_TABLE } from './error-table.ts';

const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it('is what the error table says; `npm run docs` writes it again', () => {
    expect(page).toBe(describeErrors());
  });

  it('lists every code once', () => {
    const codes = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(codes).toHaveLength(Object.keys(ERROR_TABLE).length);
    expect(new Set(codes)).toEqual(new Set(Object.keys(ERROR_TABLE)));
  });
});
