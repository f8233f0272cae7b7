import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const SAMPLE_EVERY_MS = 200;

/** A process of the product, run as its user would, whose memory is watched from outside. */
export class WatchedProcess {
  /** The most resident memory that it had, as Linux counts it (`VmHWM`); 0 where there is no `/proc`. */
  peakRssBytes = 0;
  readonly exited: Promise<number>;
  #output = '';
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#heard(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#heard(chunk));
    const sampler = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
    this.exited = once(child, 'close').then(([code]) => {
      clearInterval(sampler);
      for (const wake of this.#waiting) wake();
      return typeof code === 'number' ? code : 1;
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until a line of the output is `line`. */
  async said(line: string): Promise<void> {
    while (!this.#output.split('\n').includes(line)) {
      if (this.#child.exitCode !== null) throw new Error(`it ended before it said "${line}":\n${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
      this.#waiting.clear();
    }
  }

  async stop(): Promise<number> {
    this.#child.kill('SIGTERM');
    return this.exited;
  }

  #heard(chunk: Buffer): void {
    this.#output += String(chunk);
    for (const wake of this.#waiting) wake();
  }

  #sample(): void {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      const peakKb = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
      this.peakRssBytes = Math.max(this.peakRssBytes, peakKb * 1024);
    } catch {
      // It has ended, or this is no Linux.
    }
  }
}
