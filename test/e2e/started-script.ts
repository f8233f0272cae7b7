import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** A script of the repository, running, with what it has said so far. */
export class StartedScript {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #output = '';
  #heard: () => void = () => undefined;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#output += String(chunk);
        this.#heard();
      });
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#heard();
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until it has said something like this, and returns the match. */
  async said(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(this.#output);
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`it ended before it said ${what}:\n${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** Waits until it has ended by itself. @returns the exit status */
  ended(): Promise<number> {
    return this.#ended;
  }

  /** Sends a signal and waits for its end. @returns the exit status, 128 + its number where a signal ended it */
  async end(signal: NodeJS.Signals): Promise<number> {
    if (this.#child.exitCode === null) this.#child.kill(signal);
    return this.#ended;
  }
}
