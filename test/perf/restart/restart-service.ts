import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

import { openLoop, readEvents } from '../open-loop.ts';
import { WatchedProcess } from '../watched-process.ts';
import { killInRounds, ROUND_S, WARM_S } from './kill-in-rounds.ts';
import { restartResult } from './restart-result.ts';

const SERVICES = ['ingest', 'feature', 'scorer', 'monitor'];

export interface RestartedService {
  readonly plan: Plan;
  readonly pipeline: string;
  readonly events: string;
  readonly brokers: string;
  readonly service: string;
}

/** The whole pipeline with two instances of one service: for how long a request waits for its prediction. */
export async function restartService(
  log: Log,
  clock: Clock,
  { plan, pipeline, events, brokers, service }: RestartedService,
  rounds: number,
  perSecond: number,
): Promise<Readonly<Record<string, string | number>>> {
  const start = (only: string, instance: string) =>
    new WatchedProcess(
      ['apps/cli/bin/millrace.mjs', 'up', pipeline, '--only', only, '--instance', instance, '--http', '0'],
      { KAFKA_BROKERS: brokers, LOG_LEVEL: 'warn' },
    );
  const first = start(service, 'killed');
  await first.says('ready');
  const others = [start(service, 'other'), start(SERVICES.filter((name) => name !== service).join(','), 'rest')];
  await Promise.all(others.map((child) => child.says('ready')));
  const startedAtMs = clock.now();
  const lines = readEvents(events, perSecond * (WARM_S + rounds * ROUND_S));
  const running = openLoop(plan, log, clock, lines, perSecond);
  const offsetMs = clock.now() - clock.elapsed();
  const killedAt = await killInRounds(clock, rounds, first, () => start(service, 'killed'));
  const { requests, answered, doubled, waits } = await running;
  await Promise.all(others.map((child) => child.stop()));
  const longest = killedAt.map((at, round) => {
    const from = round === 0 ? startedAtMs + (WARM_S - 1) * 1000 : at + offsetMs - 1000;
    const near = waits.filter(({ dueAtMs }) => dueAtMs >= from && dueAtMs < from + ROUND_S * 1000);
    return near.reduce((most, { ms }) => Math.max(most, ms), 0);
  });
  return { ...restartResult(longest), lost: requests - answered, doubled };
}
