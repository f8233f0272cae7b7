import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const MILLRACE = 'apps/cli/bin/millrace.mjs';

/** `millrace up …`, running. */
export class MillraceProcess implements AsyncDisposable {
  /** Address of each service's door. */
  readonly urls: Readonly<Record<string, string>>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, urls: Readonly<Record<string, string>>) {
    this.#child = child;
    this.urls = urls;
  }

  /** Resolves when it says `ready`; rejects, with what it said, when it ends before. */
  static async up(args: readonly string[], env: Readonly<Record<string, string>>): Promise<MillraceProcess> {
    const child = spawn(process.execPath, [MILLRACE, 'up', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
    const urls = new Map<string, string>();
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said += String(chunk);
        if (said.split('\n').includes('ready')) resolve();
      });
      child.once('close', (code) => reject(new Error(`millrace up ended with ${code} and said:\n${said}`)));
    });
    for (const [, service, url] of said.matchAll(/^(\w+) (http:\S+)$/gm)) urls.set(service as string, url as string);
    return new MillraceProcess(child, Object.fromEntries(urls));
  }

  /** As an operator stops it. @returns its exit status */
  stop(): Promise<number> {
    return this.#end('SIGTERM');
  }

  /** `kill -9`: it has no time for anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<number> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode ?? 1;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    const [code] = await closed;
    return typeof code === 'number' ? code : 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
