import type { RunnerStatus } from '@millrace/stream';

import type { ServiceName, ServiceOptions } from './service-options.ts';
import type { Service } from './service.ts';

/** What makes a service: `createScorer` and its like. */
export type CreateService = (options: ServiceOptions) => Promise<Service>;

/** The services of a process, in the order of the stream. */
export type ServiceSet = Readonly<Partial<Record<ServiceName, CreateService>>>;

/** Services of one process. */
export class RunningServices {
  /** Address of each service's HTTP door. */
  readonly urls: Readonly<Partial<Record<ServiceName, string>>>;
  /** Addresses of the gRPC doors that there are. */
  readonly grpcUrls: Readonly<Partial<Record<ServiceName, string>>>;
  /** Rejects when one of them fails for good; never resolves. */
  readonly failed: Promise<never>;
  readonly #services: readonly Service[];

  private constructor(services: readonly Service[], urls: Readonly<Partial<Record<ServiceName, string>>>) {
    this.#services = services;
    this.urls = urls;
    this.grpcUrls = Object.fromEntries(
      services.flatMap(({ name, grpcUrl }) => (grpcUrl === null ? [] : [[name, grpcUrl]])),
    );
    this.failed = Promise.race(services.map(({ failed }) => failed));
    this.failed.catch(() => undefined);
  }

  /**
   * Makes all of them, opens all doors, and only then starts any: what cannot work is found before anything is consumed.
   * Where one cannot be made or opened, the others are stopped.
   */
  static async start(set: ServiceSet, optionsOf: (name: ServiceName) => ServiceOptions): Promise<RunningServices> {
    const services: Service[] = [];
    try {
      for (const [name, create] of Object.entries(set)) services.push(await create(optionsOf(name as ServiceName)));
      const urls: Partial<Record<ServiceName, string>> = {};
      for (const service of services) urls[service.name] = await service.open();
      for (const service of services) await service.start();
      return new RunningServices(services, urls);
    } catch (error) {
      await stopAll(services);
      throw error;
    }
  }

  /** Where the services are, a line for each address: `scorer http://127.0.0.1:8082`. */
  addresses(): readonly string[] {
    return [...Object.entries(this.urls), ...Object.entries(this.grpcUrls)].map(([name, url]) => `${name} ${url}`);
  }

  status(): Readonly<Partial<Record<ServiceName, RunnerStatus>>> {
    return Object.fromEntries(this.#services.map((service) => [service.name, service.status()]));
  }

  stop(): Promise<void> {
    return stopAll(this.#services);
  }
}

/** In the order of the stream: first what brings new work. */
async function stopAll(services: readonly Service[]): Promise<void> {
  for (const service of services) await service.stop();
}
