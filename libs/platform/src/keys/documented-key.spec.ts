import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { SystemClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { ApiKeys } from './api-keys.ts';
import { parseApiKeys } from './parse-api-keys.ts';

describe('the command in docs/security.md', () => {
  it('makes a key, and the hash to set', () => {
    const page = readFileSync(new URL('../../../../docs/security.md', import.meta.url), 'utf8');
    const [key = '', hash = ''] = execSync(/^node -e .*$/m.exec(page)?.[0] ?? 'false', { encoding: 'utf8' })
      .trim()
      .split(' ');
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(() => new ApiKeys(parseApiKeys([hash]), new SystemClock()).check(`Bearer ${key}`)).not.toThrow();
  });
});
