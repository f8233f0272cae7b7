import type { Scene } from './scene.ts';
import type { WorkerProcess } from './worker-process.ts';

const RESTART_MS = 500;

/** A fixed number of instances: one that ends without being asked to is started again, as a supervisor would. */
export class SupervisedInstances {
  readonly #scene: Scene;
  readonly #say: (line: string) => void;
  readonly #running: WorkerProcess[] = [];
  #restartMs = RESTART_MS;
  #stopped = false;

  constructor(scene: Scene, count: number, say: (line: string) => void) {
    this.#scene = scene;
    this.#say = say;
    for (let place = 0; place < count; place++) this.#start(place);
  }

  get all(): readonly WorkerProcess[] {
    return this.#running;
  }

  get names(): readonly string[] {
    return this.#running.map(({ name }) => name);
  }

  at(place: number): WorkerProcess {
    return this.#running[place] as WorkerProcess;
  }

  /** `kill -9`; it is started again so much later. */
  async kill(worker: WorkerProcess, awayMs: number): Promise<void> {
    this.#restartMs = awayMs;
    await worker.kill();
  }

  /** From now on nothing is started again. */
  release(): void {
    this.#stopped = true;
  }

  #start(place: number): void {
    const worker = this.#scene.start(`instance-${place}`);
    this.#running[place] = worker;
    void worker.ended().then(() => this.#restart(worker, place));
  }

  async #restart(worker: WorkerProcess, place: number): Promise<void> {
    if (this.#stopped) return;
    const code = worker.all('ended').at(-1)?.code;
    if (code) this.#say(`${worker.name} ended by itself: ${code} ${worker.all('failed').at(-1)?.message ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, this.#restartMs));
    if (!this.#stopped) this.#start(place);
  }
}
