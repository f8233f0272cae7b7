import { afterAll, expect, it } from 'vitest';

import { extension } from './extension.ts';
import { expectRefused, get, jsonOf, post } from './http-door.ts';
import { answerOf } from './infer-answer.ts';
import { inferJson } from './infer-request.ts';
import { MODEL, target } from './target.ts';

const TEXT = expect.any(String) as string;
const OWN = `/v2/repository/models/${encodeURIComponent(target.model.name)}`;

interface Entry {
  readonly name: string;
  readonly state?: string;
}

extension('model_repository', () => {
  afterAll(() => post(`${OWN}/load`, {}));

  it('lists the models with their states and the reasons for them', async () => {
    const entries = await index({});
    for (const entry of entries) expect(entry).toMatchObject({ name: TEXT, state: TEXT, reason: TEXT });
    expect(entries.map(({ name }) => name)).toContain(target.model.name);
  });

  it('lists those that are ready where only they are asked for', async () => {
    const [all, ready] = [await index({}), await index({ ready: true })];
    expect(ready.map(({ name }) => name)).toContain(target.model.name);
    expect(ready.length).toBeLessThanOrEqual(all.length);
    for (const { state } of ready) expect(state).toBe('READY');
  });

  it('loads a model that is loaded once more', async () => {
    expect((await post(`${OWN}/load`, {})).status).toBe(200);
    answerOf(await inferJson());
  });

  it('unloads a model, which is not ready then, and loads it again', async () => {
    expect((await post(`${OWN}/unload`, {})).status).toBe(200);
    expect((await get(`${MODEL}/ready`)).status).toBeGreaterThanOrEqual(400);
    expectRefused(await inferJson());
    expect((await index({ ready: true })).map(({ name }) => name)).not.toContain(target.model.name);
    expect((await post(`${OWN}/load`, {})).status).toBe(200);
    answerOf(await inferJson());
  });

  it('loads no model that there is not', async () => {
    expectRefused(await post('/v2/repository/models/no-model-has-this-name/load', {}));
  });
});

async function index(request: object): Promise<readonly Entry[]> {
  return jsonOf(await post('/v2/repository/index', request)) as readonly Entry[];
}
