/**
 * A worker for tests of what happens when one goes wrong: it answers each row with its first feature, except that 1
 * kills it, 2 hangs it, 3 kills it once (the file `modelFile` remembers), and 4 makes it fail.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { ShownSlots } from '../onnx/shown-slots.ts';
import type { SlotToRun, WorkerAnswer, WorkerGreeting, WorkerSetup } from '../onnx/worker-protocol.ts';

const port = parentPort as MessagePort;
const { modelFile } = workerData as WorkerSetup;

const misbehave: Readonly<Record<number, () => void>> = {
  1: () => {
    throw new Error('killed by a row');
  },
  2: () => {
    for (;;);
  },
  3: () => {
    if (existsSync(modelFile)) return;
    writeFileSync(modelFile, '');
    throw new Error('killed this once');
  },
};

const slots = new ShownSlots();

port.on('message', ({ slot, rows }: SlotToRun) => {
  const { vectors, width, results } = slots.of(slot);
  const firsts = Array.from({ length: rows }, (_, i) => vectors[i * width] as number);
  for (const first of firsts) misbehave[first]?.();
  results.set(firsts);
  const answer: WorkerAnswer = firsts.includes(4)
    ? { kind: 'failed', reason: 'a row is refused' }
    : { kind: 'filled', lost: null };
  port.postMessage(answer);
});

const signature = {
  inputs: [{ name: 'features', type: 'float32', shape: ['N', 2] }],
  outputs: [{ name: 'first', type: 'float32', shape: ['N'] }],
};
port.postMessage({ kind: 'ready', signature, provider: 'none', refused: [] } satisfies WorkerGreeting);
