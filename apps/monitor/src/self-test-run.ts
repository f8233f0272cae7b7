import { Worker } from 'node:worker_threads';

import type { ReferenceProfile, SelfTestReport } from '@millrace/drift';
import type { MonitorPlan } from '@millrace/pipeline';

import type { SelfTestSetup } from './self-test-worker.ts';

/** Fewer than `millrace monitor self-test` draws: a start should not cost a core for long. */
const WINDOWS = 1000;
const TRIALS = 10;

/** The self-test of a profile, in a thread of its own: nobody waits for it. */
export class SelfTestRun {
  readonly #worker: Worker;
  /** Null as long as it is under way, and where it failed. */
  report: SelfTestReport | null = null;
  /** Resolves when it is over, one way or the other. */
  readonly over: Promise<void>;

  /** @param onFailed told why there will be no report */
  constructor(profile: ReferenceProfile, monitor: MonitorPlan, onFailed: (error: unknown) => void) {
    const rows = monitor.window.rows ?? monitor.window.minRows;
    this.#worker = startWorker({ profile, settings: { ...monitor, rows, windows: WINDOWS, trials: TRIALS } });
    this.#worker.unref();
    this.#worker.once('message', (report: SelfTestReport) => (this.report = report));
    this.#worker.once('error', onFailed);
    this.over = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** From sources, too: as they are. */
function startWorker(setup: SelfTestSetup): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('self-test-worker.js', import.meta.url), { workerData: setup });
  const execArgv = ['--conditions=@millrace/source'];
  return new Worker(new URL('self-test-worker.ts', import.meta.url), { workerData: setup, execArgv });
}
