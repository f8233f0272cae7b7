import type { ServiceName } from '@millrace/platform';

import { MillraceProcess } from '../../e2e/millrace-process.ts';
import { until } from '../until.ts';

/** Its service and a number: `ingest-1`. */
export type Instance = `${ServiceName}-${number}`;

/** Unless said otherwise. */
const INSTANCES: readonly Instance[] = [
  'ingest-1',
  'ingest-2',
  'feature-1',
  'feature-2',
  'scorer-1',
  'scorer-2',
  'monitor-1',
];

const READY_MS = 120_000;
const LAST_LINES = 40;

/** The four services in processes of their own, each under a lasting instance id. */
export class Fleet implements AsyncDisposable {
  readonly instances: readonly Instance[];
  readonly #pipeline: string;
  readonly #brokers: string;
  readonly #flags: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #running = new Map<Instance, MillraceProcess>();
  readonly #started: MillraceProcess[] = [];

  /**
   * @param instances the first of them creates the topics
   * @param flags more of them for `millrace up`
   * @param environment of the processes, beside this one's and the brokers
   */
  constructor(
    pipeline: string,
    brokers: string,
    instances = INSTANCES,
    flags: readonly string[] = [],
    environment = {},
  ) {
    this.instances = instances;
    this.#flags = flags;
    this.#environment = environment;
    this.#pipeline = pipeline;
    this.#brokers = brokers;
  }

  async startAll(): Promise<void> {
    const [first, ...others] = this.instances;
    if (first !== undefined) await this.start(first);
    await Promise.all(others.map((instance) => this.start(instance)));
    await this.ready();
  }

  /** `kill -9`, and started again at once, as a supervisor does. */
  async killAndRestart(instance: Instance): Promise<void> {
    await this.process(instance).kill();
    await this.start(instance);
  }

  /** Stands still for longer than its session lasts, and wakes up as a zombie. */
  async freeze(instance: Instance, ms: number): Promise<void> {
    this.process(instance).freeze();
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.process(instance).thaw();
  }

  /** Waits until every instance says that it is in its group, restored, and getting on. */
  async ready(): Promise<void> {
    const isReady = async (process: MillraceProcess): Promise<boolean> => {
      const [url] = Object.values(process.urls);
      return (await fetch(`${url}/health/ready`).catch(() => null))?.ok ?? false;
    };
    let waitingFor: readonly Instance[] = [];
    const allReady = async (): Promise<boolean> => {
      const found = await Promise.all(
        [...this.#running].map(async ([name, process]) => ({ name, ok: await isReady(process) })),
      );
      waitingFor = found.flatMap(({ name, ok }) => (ok ? [] : [name]));
      return waitingFor.length === 0;
    };
    await until('all services are ready', allReady, READY_MS, 200).catch(async (error: unknown) => {
      for (const name of waitingFor) console.error(`${name}: ${await this.#stateOf(name)}`);
      throw error;
    });
  }

  /** Why it is not ready, and the end of its log. */
  async #stateOf(instance: Instance): Promise<string> {
    const { urls, said } = this.process(instance);
    const health = await fetch(`${Object.values(urls)[0]}/health/ready`).then((answer) => answer.text(), String);
    return `${health}\n${said.split('\n').slice(-LAST_LINES).join('\n')}`;
  }

  /** What every instance says of itself: where something is stuck, this says in whom. */
  async metrics(): Promise<string> {
    const said = await Promise.all(
      [...this.#running].map(async ([name, process]) => {
        const text = await fetch(`${Object.values(process.urls)[0]}/metrics`).then((answer) => answer.text(), String);
        return `${name}\n${text
          .split('\n')
          .filter((line) => /^millrace_(?!.*_(bucket|sum|count)\{)/.test(line))
          .join('\n')}`;
      }),
    );
    return said.join('\n');
  }

  /** @returns exit statuses */
  stop(): Promise<readonly number[]> {
    return Promise.all([...this.#running.values()].map((process) => process.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.kill()));
  }

  #taken(instance: Instance): MillraceProcess {
    const process = this.process(instance);
    this.#running.delete(instance);
    return process;
  }

  /** Until it says that it is ready; it may still restore. */
  async start(instance: Instance): Promise<void> {
    const [service] = instance.split('-') as [string];
    const args = [this.#pipeline, '--only', service, '--http', '0', '--instance', instance, ...this.#flags];
    const process = await MillraceProcess.up(args, { KAFKA_BROKERS: this.#brokers, ...this.#environment });
    this.#started.push(process);
    this.#running.set(instance, process);
  }

  /** As an operator stops it; it does not come back by itself. @returns its exit status */
  stopOne(instance: Instance): Promise<number> {
    return this.#taken(instance).stop();
  }

  /** `kill -9`, and nothing more. */
  killOne(instance: Instance): Promise<void> {
    return this.#taken(instance).kill();
  }

  /** What all that ever ran have printed. */
  get logs(): readonly string[] {
    return this.#started.map(({ said }) => said);
  }

  process(instance: Instance): MillraceProcess {
    return this.#running.get(instance) as MillraceProcess;
  }
}
