import { spawn, type ChildProcess } from 'node:child_process';

import { usageOf } from './process-usage.ts';

/** A child process whose output, memory and CPU time are watched. */
export class WatchedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #output = '';
  #peakRssMb = 0;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, command: string = process.execPath) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += String(chunk);
      });
    }
    const sampling = setInterval(() => this.#sample(), 250);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        clearInterval(sampling);
        resolve(code ?? 1);
      });
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Largest resident set seen, in MB; 0 where there is no /proc. */
  get peakRssMb(): number {
    return this.#peakRssMb;
  }

  /** Resident set now, in MB; 0 where there is no /proc. */
  get rssMb(): number {
    return usageOf(this.#child.pid ?? 0).rssMb;
  }

  /** CPU time of all its threads so far, in seconds; 0 where there is no /proc. */
  get cpuSeconds(): number {
    const { userS, systemS } = usageOf(this.#child.pid ?? 0);
    return userS + systemS;
  }

  /** Until it has printed a line; rejects when it ends before. */
  async says(line: string): Promise<void> {
    while (!this.#output.split('\n').includes(line)) {
      const ended = await Promise.race([this.#ended, new Promise<null>((resolve) => setTimeout(resolve, 100, null))]);
      if (ended !== null) throw new Error(`it ended with ${ended} and said:\n${this.#output.slice(-2000)}`);
    }
  }

  /** Its exit status. */
  ends(): Promise<number> {
    return this.#ended;
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    this.#child.kill(signal);
    return this.#ended;
  }

  #sample(): void {
    this.#peakRssMb = Math.max(this.#peakRssMb, usageOf(this.#child.pid ?? 0).peakRssMb);
  }
}
