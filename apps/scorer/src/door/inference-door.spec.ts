import { ManualExecutor } from '@millrace/batching/testing';
import { AppError, SystemClock } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { inThreadModel } from '@millrace/inference/testing';
import { encodeRequest } from '@millrace/open-inference/testing';
import { encodeFeaturesRecord, type InboundRecord } from '@millrace/records';
import { makeTensor } from '@millrace/tensors';
import { describe, expect, it } from 'vitest';

import { ScorerStage } from '../scorer.stage.ts';
import { oneModel } from '../testing/one-model.ts';
import { scriptedDoor, smallPlan } from '../testing/scripted-door.ts';
import { answerCall } from './answer-call.ts';

const REST = { source: 'rest', deadlineMs: Infinity, signal: new AbortController().signal } as const;

const record = (a: number, b: number): InboundRecord => ({
  topic: 'features',
  partition: 0,
  offset: 0,
  timestamp: 0,
  key: null,
  headers: [],
  value: encodeFeaturesRecord({
    kind: 'vector',
    id: 'r',
    at: 0,
    key: null,
    origin: { partition: 0, offset: 0 },
    attempts: 0,
    late: false,
    vector: Float32Array.of(a, b),
  }),
});

describe('InferenceDoor', () => {
  it("has its rows in one batch with the stream's", async () => {
    const clock = new ManualClock();
    const executor = new ManualExecutor<Float32Array, Float64Array>();
    const model = inThreadModel({ clock, executors: [executor], outputs: ['total', 'product'] });
    const door = scriptedDoor(model, clock);
    const stage = new ScorerStage({ plan: await smallPlan(), models: oneModel(model), clock });
    await stage.open([{ topic: 'features', partition: 0 }]).load(new Map());
    const ask = (a: number, b: number) => {
      const { body } = encodeRequest([makeTensor('features', 'FP32', [1, 2], Float32Array.of(a, b))]);
      return door.infer('model', undefined, REST, (found, caller) => answerCall(found, { body, headers: {} }, caller));
    };
    const busy = stage.process([record(0, 0)]);
    await expect.poll(() => executor.held.length).toBe(1);
    const [streamed, asked] = [stage.process([record(1, 2)]), ask(3, 4)];
    executor.next().finish([Float64Array.of(0, 0)]);
    await expect.poll(() => executor.held.length).toBe(1);
    const batch = executor.next();
    expect(batch.rows).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    batch.finish([Float64Array.of(3, 2), Float64Array.of(7, 12)]);
    expect((await streamed).records).toHaveLength(2);
    expect(JSON.parse(String((await asked).body))).toMatchObject({ outputs: [{ name: 'sum', data: [7] }, {}] });
    await busy;
  });

  it('passes on that the model is unusable', async () => {
    const executor = { run: () => Promise.reject(new AppError('MODEL_UNUSABLE', 'even for its sample row')) };
    const door = scriptedDoor(inThreadModel({ clock: new SystemClock(), executors: [executor] }));
    const { body } = encodeRequest([makeTensor('features', 'FP32', [1, 2], Float32Array.of(1, 2))]);
    const asked = door.infer('model', undefined, REST, (found, caller) =>
      answerCall(found, { body, headers: {} }, caller),
    );
    await expect(asked).rejects.toMatchObject({ status: 503 });
  });
});
