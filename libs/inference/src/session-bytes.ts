import { fork } from 'node:child_process';
import { once } from 'node:events';

import { AppError } from '@millrace/core';

/**
 * Resident memory that one more session of a model takes, as loaded: each worker thread has one. It is the mean of four,
 * in a process of their own.
 *
 * @throws AppError `MODEL_INVALID`
 */
export async function sessionBytes(modelFile: string, providers: readonly string[]): Promise<number> {
  const script = new URL(
    import.meta.url.endsWith('.ts') ? './onnx/memory-probe.ts' : './onnx/memory-probe.js',
    import.meta.url,
  );
  const child = fork(script, [modelFile, ...providers], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  let bytes: number | null = null;
  child.on('message', (message) => (bytes = Number(message)));
  const [code, signal] = (await once(child, 'close')) as readonly unknown[];
  if (bytes !== null) return bytes;
  throw new AppError(
    'MODEL_INVALID',
    `${modelFile} cannot be loaded five times in one process (it ended with ${String(signal ?? code)}).`,
  );
}
