import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { eventKeyPartition, type OutboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

import { exampleEvents, PIPELINE, type ExampleEvent } from './example-events.ts';
import { sendOpenLoop } from './open-loop.ts';
import { readAnswers } from './read-answers.ts';
import { WatchedProcess } from './watched-process.ts';

/** Not measured: compilation, first connections, first batches. */
const WARM_UP_S = 10;
const ANSWER_LIMIT_MS = 30_000;

export interface OpenLoopFigures {
  readonly requests: number;
  readonly answered: number;
  /** Input record's timestamp to the prediction record's, of the answered requests behind the warm-up. */
  readonly latenciesMs: readonly number[];
  readonly worstSenderDelayMs: number;
  readonly peakRssBytes: number;
}

/** `millrace up` in a process of its own, live events from this one: no watermarks, so nothing waits. */
export async function measureOpenLoop(brokers: string, perSecond: number, seconds: number): Promise<OpenLoopFigures> {
  const clock = new SystemClock();
  const plan = await loadPlan(PIPELINE);
  const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'bench', clock });
  await deleteTopics(log, plan);
  const up = new WatchedProcess(['--enable-source-maps', 'apps/cli/dist/main.js', 'up', PIPELINE, '--http', '0'], {
    KAFKA_BROKERS: brokers,
  });
  const stop = (): void => void up.stop();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  try {
    await up.said('ready');
    const events = await exampleEvents((WARM_UP_S + seconds) * perSecond);
    const run = await sendOpenLoop({
      publisher: log.publisher(),
      records: events.map((event) => recordOf(event, plan)),
      perSecond,
      clock,
    });
    const requests = new Map(
      events.flatMap(({ type, id }, i) => (type === plan.predict.on ? [[id, run.dueAt[i] as number] as const] : [])),
    );
    const answers = await readAnswers({
      log,
      topic: plan.names.predictions,
      partitions: plan.topics.partitions,
      count: requests.size,
      clock,
      timeoutMs: ANSWER_LIMIT_MS,
    });
    const from = (run.dueAt[0] ?? 0) + WARM_UP_S * 1000;
    return {
      requests: requests.size,
      answered: answers.size,
      latenciesMs: latencies(requests, answers, from),
      worstSenderDelayMs: run.worstDelayMs,
      peakRssBytes: up.peakRssBytes,
    };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
    await up.stop();
    await log.close();
  }
}

function latencies(
  requests: ReadonlyMap<string, number>,
  answers: ReadonlyMap<string, number>,
  from: number,
): readonly number[] {
  return [...requests].flatMap(([id, askedAt]) => {
    const answeredAt = answers.get(id);
    return askedAt < from || answeredAt === undefined ? [] : [answeredAt - askedAt];
  });
}

function recordOf(event: ExampleEvent, plan: Plan): OutboundRecord {
  const key = event.tailnum ?? null;
  const partition = eventKeyPartition(key, event.id, plan.topics.partitions);
  return { topic: plan.names.events, partition, key, value: JSON.stringify(event) };
}

async function deleteTopics(log: Log, plan: Plan): Promise<void> {
  const admin = log.admin();
  await admin.delete((await admin.list()).filter((topic) => topic.startsWith(`${plan.name}.`)));
  await admin.close();
}
