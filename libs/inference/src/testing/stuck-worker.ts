/** A worker for tests of what happens when the runtime does not return: with its first batch it goes into a call of four seconds. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { NativeGate } from '../onnx/native-gate.ts';
import type { WorkerGreeting, WorkerSetup } from '../onnx/worker-protocol.ts';

const CALL_MS = 4000;

const port = parentPort as MessagePort;
const gate = new NativeGate((workerData as WorkerSetup).gate);

port.on('message', () => {
  gate.enter();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CALL_MS);
  if (!gate.leave()) process.exit();
});
port.postMessage({
  kind: 'ready',
  signature: { inputs: [], outputs: [] },
  provider: 'none',
  refused: [],
} satisfies WorkerGreeting);
