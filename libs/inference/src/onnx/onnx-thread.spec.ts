import { SystemClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { stuckWorkers } from './end-worker.ts';
import { OnnxThread } from './onnx-thread.ts';
import { ThreadLost } from './thread-lost.ts';

const options = {
  setup: { modelFile: 'none.onnx', providers: [], threads: 1 },
  clock: new SystemClock(),
  hangMs: 1000,
  loadMs: 60_000, // 32 at once, on a few cores
  script: new URL('../testing/stuck-worker.ts', import.meta.url),
};

describe('OnnxThread', () => {
  it('is not started beside 32 that hang in the runtime, and is again when they have ended', async () => {
    const threads = await Promise.all(Array.from({ length: 32 }, () => OnnxThread.start(options)));
    const batch = { rows: 0, tensors: [], outputNames: [] };
    const outcomes = await Promise.allSettled(threads.map((thread) => thread.run(batch)));
    expect(outcomes.every((one) => one.status === 'rejected' && one.reason instanceof ThreadLost)).toBe(true);
    await expect(OnnxThread.start(options)).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' });
    await threads[0]?.stop();
    expect(stuckWorkers().size).toBe(0);
    await (await OnnxThread.start(options)).stop();
  }, 90_000);
});
