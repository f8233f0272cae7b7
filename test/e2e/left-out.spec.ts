import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { findHelm } from '../../scripts/chart/find-helm.mjs';
import { findEngine } from '../../scripts/containers/find-engine.mjs';
import { leftOut } from '../../scripts/left-out.mjs';

/** All that the machine has by way of commands. */
let folder: string;

/** A command that does what the lines of a shell script say. */
async function command(name: string, script: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
  vi.stubEnv('PATH', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe('the tests in containers', () => {
  it('are left out without Docker, which is said and counts as nothing', async () => {
    expect(await leftOut(findEngine, { asked: false })).toEqual({
      failed: 0,
      line: 'NOT RUN, and counted as nothing: no Docker engine answers (docker is not installed)',
    });
  });

  it('are left out where no engine answers, in the words of Docker', async () => {
    await command('docker', 'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1');
    const { failed, line } = await leftOut(findEngine, { asked: false });
    expect(failed).toBe(0);
    expect(line).toContain('no Docker engine answers (Cannot connect to the Docker daemon');
  });

  it('are left out where an image that they build on cannot be pulled, and which one is said', async () => {
    await command(
      'docker',
      'case $1 in version) echo 27.0 ;; image) exit 1 ;; pull) echo "Error: no such host" >&2; exit 1 ;; esac',
    );
    const { failed, line } = await leftOut(findEngine, { asked: false });
    expect(failed).toBe(0);
    expect(line).toContain(
      'a Docker engine answers, but the image node:24-bookworm-slim is not in it and cannot be pulled (Error: no such host)',
    );
  });

  it('fail where they are asked for by name and cannot run', async () => {
    expect(await leftOut(findEngine, { asked: true })).toEqual({
      failed: 1,
      line: '0 passed, 1 failed: no Docker engine answers (docker is not installed)',
    });
  });

  it('run where an engine answers and has all images', async () => {
    await command('docker', 'exit 0');
    expect(await leftOut(findEngine, { asked: false })).toEqual({ failed: 0, line: null });
  });
});

describe('the tests of the chart', () => {
  const find = ({ say }: { readonly say: (line: string) => void }) => findHelm({ say, folder: join(folder, 'kept') });

  it('are left out without Python, which is said and counts as nothing', async () => {
    expect(await leftOut(find, { asked: false })).toEqual({
      failed: 0,
      line: 'NOT RUN, and counted as nothing: python3 is not installed',
    });
  });

  it('are left out where nothing can be fetched, in the words of Python', async () => {
    await command('python3', 'echo "No module named venv" >&2; exit 1');
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
