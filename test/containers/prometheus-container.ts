import { resolve } from 'node:path';

import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { inject } from 'vitest';

import { foreignImages } from '../../scripts/containers/images.mjs';
import { answer } from './container-answer.ts';

interface QueryAnswer {
  readonly data: { readonly result: readonly { metric: { job: string }; value: [number, string] }[] };
}

/** Prometheus with the settings of `deploy/prometheus`. */
export class PrometheusContainer implements AsyncDisposable {
  readonly #container: StartedTestContainer;

  private constructor(container: StartedTestContainer) {
    this.#container = container;
  }

  static async start(): Promise<PrometheusContainer> {
    const container = await new GenericContainer(foreignImages().prometheus)
      .withNetworkMode(inject('network'))
      .withBindMounts([{ source: resolve('deploy', 'prometheus'), target: '/etc/prometheus', mode: 'ro' }])
      .withExposedPorts(9090)
      .withWaitStrategy(Wait.forHttp('/-/ready', 9090))
      .start();
    return new PrometheusContainer(container);
  }

  /** The value that an expression has now for each job, which is a service. */
  async byJob(expression: string): Promise<Readonly<Record<string, number>>> {
    const path = `/api/v1/query?query=${encodeURIComponent(`sum by (job) (${expression})`)}`;
    const { data } = (await answer(this.#container, 9090, path)) as QueryAnswer;
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric.job, Number(value[1])]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.stop();
  }
}
