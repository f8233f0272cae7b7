import { expect, it } from 'vitest';

import { extension } from './extension.ts';
import { expectRefused, get, jsonOf, post } from './http-door.ts';
import { answerOf } from './infer-answer.ts';
import { inferJson } from './infer-request.ts';
import { BATCHES, sampleInputs } from './sample-inputs.ts';
import { ANOTHER_MODEL, MODEL, MODEL_PATHS, target } from './target.ts';

const COUNT = expect.any(Number) as number;
const DURATION = { count: COUNT, ns: COUNT };
const COMPUTED = { compute_input: DURATION, compute_infer: DURATION, compute_output: DURATION };

interface ModelStatistics {
  readonly name: string;
  readonly version?: string;
  readonly last_inference: number;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: Readonly<Record<'success' | 'fail', { readonly count: number; readonly ns: number }>>;
  readonly batch_stats: readonly { readonly batch_size: number }[];
}

extension('statistics', () => {
  it.each(['/v2/models', ...MODEL_PATHS])('has all fields at %s/stats', async (path) => {
    answerOf(await inferJson());
    const statistics = await statisticsAt(path);
    expect(statistics).toMatchObject({
      last_inference: COUNT,
      inference_count: COUNT,
      execution_count: COUNT,
      inference_stats: { success: DURATION, fail: DURATION, queue: DURATION, ...COMPUTED },
    });
    for (const batch of statistics.batch_stats) expect(batch).toMatchObject({ batch_size: COUNT, ...COMPUTED });
  });

  it('counts requests that were answered, and "each inference in a batched request" of them', async () => {
    const before = await statisticsAt(MODEL);
    const rows = BATCHES ? 5 : 1;
    answerOf(await inferJson(sampleInputs(rows)));
    answerOf(await inferJson(sampleInputs(rows)));
    const after = await statisticsAt(MODEL);
    expect(after.inference_stats.success.count - before.inference_stats.success.count).toBe(2);
    expect(after.inference_stats.success.ns).toBeGreaterThan(before.inference_stats.success.ns);
    expect(after.inference_count - before.inference_count).toBe(2 * rows);
    expect(after.execution_count - before.execution_count).toBeGreaterThanOrEqual(1);
    expect(after.last_inference).toBeGreaterThanOrEqual(before.last_inference);
    // milliseconds since the epoch, and not long ago
    expect(Math.abs(after.last_inference - Date.now())).toBeLessThan(600_000);
  });

  it('counts requests that failed', async () => {
    const before = await statisticsAt(MODEL);
    expectRefused(await post(`${MODEL}/infer`, { inputs: [{}] }));
    const after = await statisticsAt(MODEL);
    expect(after.inference_stats.fail.count - before.inference_stats.fail.count).toBe(1);
    expect(after.inference_count).toBe(before.inference_count);
  });

  it('refuses those of another model', async () => expectRefused(await get(`${ANOTHER_MODEL}/stats`)));
});

async function statisticsAt(path: string): Promise<ModelStatistics> {
  const { model_stats: all } = jsonOf(await get(`${path}/stats`)) as { model_stats: readonly ModelStatistics[] };
  const own = all.find(({ name }) => name === target.model.name);
  expect(own, `${path}/stats has ${target.model.name}`).toBeDefined();
  return own as ModelStatistics;
}
