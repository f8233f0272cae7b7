/** Started by `onnx-thread.ts` as a thread of its own: loads one model and answers batches, one after the other. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { isAppError } from '@millrace/core';

import { NativeGate } from './native-gate.ts';
import { OnnxSession } from './onnx-session.ts';
import { ShownSlots } from './shown-slots.ts';
import {
  buffersOf,
  type WorkerAnswer,
  type WorkerAsk,
  type WorkerGreeting,
  type WorkerSetup,
} from './worker-protocol.ts';

const port = parentPort as MessagePort;
const { modelFile, providers, threads, gate: shared } = workerData as WorkerSetup;
const gate = new NativeGate(shared);
const slots = new ShownSlots();

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A call of the runtime. Whoever gave the worker up during it has left it to end itself. */
async function native<T>(call: () => Promise<T>): Promise<T> {
  if (!gate.enter()) process.exit();
  try {
    return await call();
  } finally {
    if (!gate.leave()) process.exit();
  }
}

async function answer(session: OnnxSession, asked: WorkerAsk): Promise<void> {
  try {
    if ('slot' in asked) {
      const lost = await native(() => session.run(slots.of(asked.slot), asked.rows));
      port.postMessage({ kind: 'filled', lost } satisfies WorkerAnswer);
    } else {
      const batch = await native(() => session.runTensors(asked));
      port.postMessage({ kind: 'computed', batch } satisfies WorkerAnswer, buffersOf(batch));
    }
  } catch (error) {
    port.postMessage({ kind: 'failed', reason: reasonOf(error) } satisfies WorkerAnswer);
  }
}

try {
  const session = await native(() => OnnxSession.open(modelFile, providers, threads));
  let last = Promise.resolve();
  port.on('message', (asked: WorkerAsk) => {
    last = last.then(() => answer(session, asked));
  });
  port.postMessage({
    kind: 'ready',
    signature: session.signature,
    provider: session.provider,
    refused: session.refused,
  } satisfies WorkerGreeting);
} catch (error) {
  const kind = isAppError(error, 'CONFIG_INVALID') ? 'misconfigured' : 'refused';
  port.postMessage({ kind, reason: reasonOf(error) } satisfies WorkerGreeting);
}
