import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { until } from './until.ts';
import type { WorkerCommand, WorkerOptions } from './worker-options.ts';
import type { ReportOf, WorkerReport } from './worker-report.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** A worker in a process of its own: what it has reported, and the signals that can hit it. */
export class WorkerProcess {
  readonly options: WorkerOptions;
  readonly reports: WorkerReport[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #frozen = false;
  #errors = '';

  constructor(options: WorkerOptions) {
    this.options = options;
    const args = ['--conditions=@millrace/source', '--disable-warning=ExperimentalWarning', WORKER];
    this.#child = spawn(process.execPath, [...args, JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors += String(chunk)));
    this.#child.on('message', (report: WorkerReport) => this.reports.push(report));
    this.#closed = once(this.#child, 'close');
  }

  get name(): string {
    return this.options.name;
  }

  /** What it wrote to standard error. */
  get errors(): string {
    return this.#errors;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The partitions that it was assigned last. */
  get partitions(): readonly string[] {
    return this.all('assigned').at(-1)?.partitions ?? [];
  }

  all<Kind extends WorkerReport['is']>(kind: Kind): readonly ReportOf<Kind>[] {
    return this.reports.filter((report): report is ReportOf<Kind> => report.is === kind);
  }

  /** Waits for its next report of that kind from now on. */
  async next<Kind extends WorkerReport['is']>(kind: Kind, limitMs = 60_000): Promise<ReportOf<Kind>> {
    const before = this.all(kind).length;
    await until(
      `${this.name} reports "${kind}"`,
      () => this.all(kind).length > before || this.#failIfGone(kind),
      limitMs,
      2,
    );
    return this.all(kind)[before] as ReportOf<Kind>;
  }

  tell(command: WorkerCommand): void {
    if (this.isRunning) this.#child.send(command);
  }

  /** SIGSTOP: it stands still, connections and all. */
  freeze(): void {
    this.#frozen = true;
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#frozen = false;
    this.#child.kill('SIGCONT');
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    if (this.isRunning) this.#child.kill('SIGKILL');
    await this.#closed;
  }

  /** As an operator stops it. @returns its exit status */
  async terminate(): Promise<number> {
    if (this.#frozen) this.thaw();
    if (this.isRunning) this.#child.kill('SIGTERM');
    return this.ended();
  }

  /** @returns its exit status, 1 where a signal ended it */
  async ended(): Promise<number> {
    await this.#closed;
    return this.#child.exitCode ?? 1;
  }

  #failIfGone(awaited: string): false {
    if (this.isRunning) return false;
    throw new Error(
      `${this.name} ended before it reported "${awaited}": ${JSON.stringify(this.reports.slice(-3))} ${this.errors}`,
    );
  }
}
