/** Started by `onnx-thread.ts` as a thread of its own: loads one model and answers batches, one after the other. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { OnnxSession } from './onnx-session.ts';
import type { VectorBatch } from './vector-batch.ts';
import { buffersOf, type WorkerAnswer, type WorkerGreeting, type WorkerSetup } from './worker-protocol.ts';

const port = parentPort as MessagePort;
const { modelFile, providers } = workerData as WorkerSetup;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function answer(session: OnnxSession, batch: VectorBatch): Promise<WorkerAnswer> {
  try {
    await session.run(batch);
    return { kind: 'done', batch };
  } catch (error) {
    return { kind: 'failed', batch, reason: reasonOf(error) };
  }
}

try {
  const session = await OnnxSession.open(modelFile, providers);
  let last = Promise.resolve();
  port.on('message', (batch: VectorBatch) => {
    last = last.then(async () => port.postMessage(await answer(session, batch), buffersOf(batch)));
  });
  port.postMessage({
    kind: 'ready',
    signature: session.signature,
    provider: session.provider,
  } satisfies WorkerGreeting);
} catch (error) {
  port.postMessage({ kind: 'refused', reason: reasonOf(error) } satisfies WorkerGreeting);
}
