import { describe, expect, it } from 'vitest';

import { get, jsonOf } from './http-door.ts';
import { ANOTHER_MODEL, MODEL_PATHS, target } from './target.ts';

describe('health', () => {
  it.each(['/v2/health/live', '/v2/health/ready'])('has the status 200 at %s', async (path) => {
    expect((await get(path)).status).toBe(200);
  });

  it.each(MODEL_PATHS)('has the status 200 at %s/ready', async (path) => {
    expect((await get(`${path}/ready`)).status).toBe(200);
  });

  it('"responds with the available model name", and says that the model is ready', async () => {
    for (const path of MODEL_PATHS)
      expect(jsonOf(await get(`${path}/ready`))).toMatchObject({ name: target.model.name, ready: true });
  });

  it('has no model ready that it does not have', async () => {
    expect((await get(`${ANOTHER_MODEL}/ready`)).status).toBeGreaterThanOrEqual(400);
  });
});
