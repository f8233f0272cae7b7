import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sessionBytes } from './session-bytes.ts';
import { lookupModel } from './testing/index.ts';

const MB = 1024 ** 2;

describe('sessionBytes', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'session-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it('are at least what a model holds, and little for one that holds nothing', async () => {
    const [small, large] = [join(folder, 'small.onnx'), join(folder, 'large.onnx')];
    await writeFile(small, lookupModel(1, [1]));
    await writeFile(
      large,
      lookupModel(
        1,
        Array.from({ length: 4 * MB }, (_, i) => i),
      ),
    );
    expect(await sessionBytes(small, ['cpu'])).toBeLessThan(4 * MB);
    expect(await sessionBytes(large, ['cpu'])).toBeGreaterThan(16 * MB);
  });

  it('of a file that is no model are refused', async () => {
    await expect(sessionBytes(join(folder, 'none.onnx'), ['cpu'])).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});
