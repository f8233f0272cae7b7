import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_S = 100;
/** In what follows the command's name in /proc/PID/stat. */
const STAT = { userTicks: 11, systemTicks: 12 } as const;

/** A child process whose output, memory and CPU time are watched. */
export class WatchedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #output = '';
  #peakRssKb = 0;

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
    return Math.round(this.#peakRssKb / 1024);
  }

  /** Resident set now, in MB; 0 where there is no /proc. */
  get rssMb(): number {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(this.#proc('status'))?.[1] ?? 0) / 1024);
  }

  /** CPU time of all its threads so far, in seconds; 0 where there is no /proc. */
  get cpuSeconds(): number {
    const fields = this.#proc('stat').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[STAT.userTicks] ?? 0) + Number(fields[STAT.systemTicks] ?? 0)) / CLOCK_TICKS_PER_S;
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
    const peak = Number(/VmHWM:\s+(\d+)/.exec(this.#proc('status'))?.[1] ?? 0);
    this.#peakRssKb = Math.max(this.#peakRssKb, peak);
  }

  #proc(file: string): string {
    try {
      return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
    } catch {
      return ''; // no /proc here, or it has just ended
    }
  }
}
