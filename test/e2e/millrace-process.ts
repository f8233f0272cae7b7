import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const MILLRACE = 'apps/cli/bin/millrace.mjs';

/** `millrace up …`, running. */
export class MillraceProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#said += String(chunk)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** All that it has printed: its log. */
  get said(): string {
    return this.#said;
  }

  /** Address of each service's HTTP door. */
  get urls(): Readonly<Record<string, string>> {
    const lines = this.#said.matchAll(/^(\w+) (https?:\S+)$/gm);
    return Object.fromEntries([...lines].map(([, service, url]) => [service, url]));
  }

  /** Of the gRPC door, `host:port`. */
  get grpcHost(): string {
    return /^scorer grpcs?:\/\/(\S+)$/m.exec(this.#said)?.[1] ?? '';
  }

  /** Resolves when it says `ready`; rejects, with what it said, when it ends before. */
  static async up(args: readonly string[], env: Readonly<Record<string, string>>): Promise<MillraceProcess> {
    const child = spawn(process.execPath, [MILLRACE, 'up', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = new MillraceProcess(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => {
        if (started.said.split('\n').includes('ready')) resolve();
      });
      child.once('close', (code) => reject(new Error(`millrace up ended with ${code} and said:\n${started.said}`)));
    });
    return started;
  }

  /** Resolves when it has ended by itself. @returns its exit status */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  /** As an operator stops it. @returns its exit status */
  stop(): Promise<number> {
    return this.#end('SIGTERM');
  }

  /** `kill -9`: it has no time for anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGSTOP: it stands still, connections and all. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
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
