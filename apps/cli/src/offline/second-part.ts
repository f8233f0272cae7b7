import { on } from 'node:events';
import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

import { AppError } from '@millrace/core';
import { EventsOutOfOrder, type FeatureRow } from '@millrace/features';

import type { LeftOut } from './left-out.ts';
import type { PartMessage, PartSetup } from './part-protocol.ts';
import { unpackRows } from './row-block.ts';

/**
 * The second part of a file, which a thread computes meanwhile: what a window holds depends on its events alone, so a run
 * can begin anywhere and answer once its windows are full.
 */
export class SecondPart {
  readonly #setup: PartSetup;
  readonly #worker: Worker;
  readonly #messages: AsyncIterator<[PartMessage], undefined>;
  /** Of the file, when it began. */
  readonly #version: string;
  #begins: Promise<number | null> | null = null;

  static async start(setup: PartSetup): Promise<SecondPart> {
    return new SecondPart(setup, await versionOf(setup.file));
  }

  private constructor(setup: PartSetup, version: string) {
    this.#setup = setup;
    this.#version = version;
    this.#worker = startWorker(setup);
    // from now on none is missed
    this.#messages = on(this.#worker, 'message', { close: ['exit'] }) as AsyncIterator<[PartMessage], undefined>;
  }

  /** The line from which on it answers; null: the first part goes on to the end. */
  begins(): Promise<number | null> {
    this.#begins ??= this.#next().then((first) => (first?.kind === 'begins' ? first.line : null));
    return this.#begins;
  }

  /**
   * The rows of its requests.
   *
   * @param leftOut gets what it left out
   * @param onEvents is told how many events there were since
   * @throws EventsOutOfOrder; AppError `INPUT_INVALID`, also where the file has changed, `OUTPUT_FAILED`
   */
  async *rows(leftOut: LeftOut, onEvents: (count: number) => void): AsyncGenerator<FeatureRow> {
    if ((await this.begins()) === null) return;
    const spilled = await open(this.#setup.spill);
    try {
      for (let message = await this.#next(); message; message = await this.#next()) {
        if (message.kind === 'ended') leftOut.addAll(message.leftOut);
        if (message.kind !== 'rows') continue;
        onEvents(message.events);
        yield* unpackRows(await bytesOf(spilled, message.bytes));
      }
    } finally {
      await spilled.close();
    }
    if ((await versionOf(this.#setup.file)) !== this.#version) throw changed(this.#setup.file);
  }

  /** Ends the thread, and leaves nothing of it. */
  async close(): Promise<void> {
    await this.#worker.terminate();
    await rm(this.#setup.spill, { force: true });
  }

  async #next(): Promise<PartMessage | undefined> {
    const message = (await this.#messages.next()).value?.[0];
    if (message?.kind === 'failed') throw new AppError(message.code, message.detail);
    if (message?.kind === 'out-of-order') throw new EventsOutOfOrder(message.behindMs, message.allowedMs);
    return message;
  }
}

/** From sources, too: as they are. */
function startWorker(setup: PartSetup): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('part-worker.js', import.meta.url), { workerData: setup });
  const execArgv = ['--conditions=@millrace/source'];
  return new Worker(new URL('part-worker.ts', import.meta.url), { workerData: setup, execArgv });
}

/** The next bytes of a file that is read from its beginning. */
async function bytesOf(file: FileHandle, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.allocUnsafe(length) });
  if (bytesRead !== length) throw new RangeError(`${bytesRead} of ${length} bytes are there`);
  return buffer;
}

async function versionOf(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file);
  return `${ino} ${size} ${mtimeMs}`;
}

function changed(file: string): AppError {
  return new AppError('INPUT_INVALID', `${file}: it changed while it was read; begin again when nobody writes to it.`);
}
