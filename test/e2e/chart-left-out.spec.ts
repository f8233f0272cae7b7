import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { findHelm } from '../../scripts/chart/find-helm.mjs';
import { leftOut } from '../../scripts/left-out.mjs';

describe('the tests of the chart', () => {
  let folder: string;

  const find = ({ say }: { readonly say: (line: string) => void }) => findHelm({ say, folder: join(folder, 'kept') });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
    vi.stubEnv('PATH', folder);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it('are left out without Python, which is said and counts as nothing', async () => {
    expect(await leftOut(find, { asked: false })).toEqual({
      failed: 0,
      line: 'NOT RUN, and counted as nothing: python3 is not installed',
    });
  });

  it('are left out where nothing can be fetched, in the words of Python', async () => {
    await writeFile(join(folder, 'python3'), '#!/bin/sh\necho "No module named venv" >&2; exit 1\n');
    await chmod(join(folder, 'python3'), 0o755);
    const { failed, line } = await leftOut(find, { asked: false });
    expect([failed, line]).toEqual([0, expect.stringContaining('No module named venv')]);
  });

  it('fail where they are asked for by name and cannot run', async () => {
    expect(await leftOut(find, { asked: true })).toMatchObject({
      failed: 1,
      line: expect.stringContaining('0 passed, 1 failed'),
    });
  });
});
