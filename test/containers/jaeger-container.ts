import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { inject } from 'vitest';

import { foreignImages } from '../../scripts/containers/images.mjs';
import { answer } from './container-answer.ts';

interface TraceAnswer {
  readonly data: readonly { readonly processes: Readonly<Record<string, { readonly serviceName: string }>> }[] | null;
}

/** Jaeger, found as `jaeger` by the other containers. */
export class JaegerContainer implements AsyncDisposable {
  readonly #container: StartedTestContainer;

  private constructor(container: StartedTestContainer) {
    this.#container = container;
  }

  static async start(): Promise<JaegerContainer> {
    const container = await new GenericContainer(foreignImages().jaeger)
      .withNetworkMode(inject('network'))
      .withNetworkAliases('jaeger')
      .withExposedPorts(16_686)
      .withWaitStrategy(Wait.forHttp('/api/services', 16_686))
      .start();
    return new JaegerContainer(container);
  }

  /** Names of the services that have a span in a trace, in alphabetical order. */
  async servicesOf(traceId: string): Promise<readonly string[]> {
    const { data } = (await answer(this.#container, 16_686, `/api/traces/${traceId}`)) as TraceAnswer;
    const processes = Object.values(data?.[0]?.processes ?? {});
    return processes.map(({ serviceName }) => serviceName).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.stop();
  }
}
