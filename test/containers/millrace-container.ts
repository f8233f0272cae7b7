import { getContainerRuntimeClient, GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { inject } from 'vitest';

import type { ScratchPipeline } from '../e2e/scratch-pipeline.ts';
import { mountsOf } from './mounted-pipeline.ts';

export const API_KEY = 'a-key-for-tests';
export const SERVICES = ['ingest', 'feature', 'scorer', 'monitor'] as const;
export type Service = (typeof SERVICES)[number];

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_S = 60;

/** A container of our image as a careful operator runs it: nothing can be written but `/tmp`, and it may do nothing special. */
class MillraceContainer extends GenericContainer {
  constructor(image: string, pipeline: ScratchPipeline) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.withTmpFs({ '/tmp': 'rw' })
      .withDroppedCapabilities('ALL')
      .withSecurityOpt('no-new-privileges:true')
      .withBindMounts(mountsOf(pipeline))
      .withNetworkMode(inject('network'))
      .withStartupTimeout(START_LIMIT_MS);
  }
}

/** `millrace up --only SERVICE` in a container that Docker calls healthy, found by the name of the service. */
export function startService(
  service: Service,
  image: string,
  pipeline: ScratchPipeline,
): Promise<StartedTestContainer> {
  return new MillraceContainer(image, pipeline)
    .withCommand(['up', '--only', service, '--host', '0.0.0.0'])
    .withNetworkAliases(service)
    .withEnvironment({
      KAFKA_BROKERS: 'kafka:29092',
      MILLRACE_API_KEYS: API_KEY,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318',
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    })
    .withExposedPorts(8080 + SERVICES.indexOf(service))
    .withWaitStrategy(Wait.forHealthCheck())
    .start();
}

/** `millrace ARGS` in a container, to its end; rejects where that is not status 0. */
export async function runInContainer(args: readonly string[], pipeline: ScratchPipeline): Promise<void> {
  const ended = await new MillraceContainer(inject('image'), pipeline)
    .withCommand([...args])
    .withEnvironment({ KAFKA_BROKERS: 'kafka:29092' })
    .withWaitStrategy(Wait.forOneShotStartup())
    .start();
  await ended.stop();
}

/** As `docker stop` does: SIGTERM to process 1. @returns its exit status, 137 where it had to be killed */
export async function stopService(started: StartedTestContainer): Promise<number> {
  const { container: containers } = await getContainerRuntimeClient();
  const container = containers.getById(started.getId());
  await container.stop({ t: STOP_LIMIT_S });
  const { State } = await container.inspect();
  await container.remove({ v: true });
  return State.ExitCode;
}
