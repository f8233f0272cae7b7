import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A child process whose output and memory are watched. */
export class WatchedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #output = '';
  #peakRssKb = 0;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
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

  /** Largest resident set seen, in MB; 0 where there is no /proc. */
  get peakRssMb(): number {
    return Math.round(this.#peakRssKb / 1024);
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

  stop(): Promise<number> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }

  #sample(): void {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      this.#peakRssKb = Math.max(this.#peakRssKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // no /proc here, or it has just ended
    }
  }
}
