import { describe, expect, it } from 'vitest';

import { DATATYPES } from './datatypes.ts';
import { expectRefused, get, jsonOf } from './http-door.ts';
import { ANOTHER_MODEL, MODEL, MODEL_PATHS, target, type TensorInfo } from './target.ts';

const TEXT = expect.any(String) as string;
interface ModelMetadata {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly versions?: readonly string[];
}

describe('metadata of the server', () => {
  it('has its name, its version and its extensions', async () => {
    const { extensions, ...others } = jsonOf(await get('/v2')) as { extensions: readonly string[] };
    expect(others).toMatchObject({ name: TEXT, version: TEXT });
    expect(extensions).toEqual(extensions.map(() => TEXT));
  });
});

describe('metadata of the model', () => {
  it.each(MODEL_PATHS)('has the name and the platform at %s', async (path) => {
    expect(jsonOf(await get(path))).toMatchObject({ name: target.model.name, platform: TEXT });
  });

  it.each(['inputs', 'outputs'] as const)('describes each of the %s', async (side) => {
    const tensors = (jsonOf(await get(MODEL)) as ModelMetadata)[side];
    expect(tensors.length).toBeGreaterThan(0);
    for (const { name, datatype, shape } of tensors) {
      expect(name).toEqual(TEXT);
      expect(DATATYPES).toContain(datatype);
      expect(shape).toEqual(shape.map(() => expect.any(Number)));
      for (const size of shape) expect(Number.isInteger(size) && size >= -1, `a size of ${name}: ${size}`).toBe(true);
    }
  });

  it('lists versions that may be asked for', async () => {
    const { versions = [] } = jsonOf(await get(MODEL)) as ModelMetadata;
    for (const version of versions) expect((await get(`${MODEL}/versions/${version}`)).status).toBe(200);
  });

  it.each([ANOTHER_MODEL, `${ANOTHER_MODEL}/versions/1`, `${MODEL}/versions/987654321`])(
    'refuses %s with an error object',
    async (path) => expectRefused(await get(path)),
  );
});
