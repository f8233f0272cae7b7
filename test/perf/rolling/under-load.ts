import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

import type { Fleet } from '../../chaos/pipeline/fleet.ts';
import { openLoop, readEvents, type OpenLoopResult } from '../open-loop.ts';
import { quantile } from '../quantile.ts';
import { restoresBetween } from './restores.ts';

const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';
/** Events a second while the windows are filled. */
const FILL_RATE = 3000;
/** Of load before the first step. */
const QUIET_MS = 10_000;
/** What was due so long before a step may still wait for it. */
const BEFORE_MS = 1000;

/** Something that is done to a running pipeline; resolves when it is done. */
export interface Step {
  readonly name: string;
  run(fleet: Fleet): Promise<unknown>;
}

export interface UnderLoad {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly rate: number;
  /** Events before, so that windows are full. */
  readonly filled: number;
  /** Between two steps. */
  readonly pauseMs: number;
}

type Rows = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

export interface UnderLoadResult {
  readonly steps: Rows;
  readonly whole: Rows;
  readonly mistakes: number;
}

interface Done {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly doneMs: number;
  readonly readyMs: number;
}

/** Fills the windows, and then takes one step after the other under events at a fixed rate. */
export async function underLoad(fleet: Fleet, steps: readonly Step[], options: UnderLoad): Promise<UnderLoadResult> {
  const { plan, log, clock, rate, filled } = options;
  const lines = readEvents(EVENTS);
  await fleet.startAll();
  const before = await openLoop(plan, log, clock, lines.slice(0, filled), FILL_RATE);
  if (before.answered < before.requests) throw new Error('the windows could not be filled');
  const stop = new AbortController();
  const startedAt = clock.now();
  const running = openLoop(plan, log, clock, lines.slice(filled), rate, stop.signal);
  const done = await takeAll(fleet, steps, options);
  stop.abort();
  const result = await running;
  const firstAt = startedAt + QUIET_MS - BEFORE_MS;
  const until = (i: number): number => (done[i + 1]?.at ?? Infinity) - BEFORE_MS;
  const { sent, requests, answered, doubled, misordered } = result;
  return {
    steps: Object.fromEntries(done.map((step, i) => [step.name, rowOf(fleet, result, step, until(i))])),
    whole: {
      'before the first': waitRow(waits(result, startedAt + QUIET_MS / 2, firstAt)),
      'from the first on': waitRow(waits(result, firstAt, Infinity)),
      'of all': { events: sent, requests, lost: requests - answered, doubled, misordered },
    },
    mistakes: requests - answered + doubled + misordered,
  };
}

async function takeAll(fleet: Fleet, steps: readonly Step[], { clock, pauseMs }: UnderLoad): Promise<readonly Done[]> {
  const done: Done[] = [];
  await clock.sleep(QUIET_MS);
  for (const { name, run } of steps) {
    const at = clock.now();
    await run(fleet);
    const doneMs = clock.now() - at;
    await fleet.ready();
    done.push({ name, at, doneMs, readyMs: clock.now() - at });
    await clock.sleep(pauseMs);
  }
  return done;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(2);

function rowOf(fleet: Fleet, result: OpenLoopResult, { at, doneMs, readyMs }: Done, until: number): Rows[string] {
  const restores = restoresBetween(fleet.logs, at, until);
  return {
    'done after, s': seconds(doneMs),
    'all ready after, s': seconds(readyMs),
    'longest wait, s': seconds(waits(result, at - BEFORE_MS, until).at(-1) ?? 0),
    'of it restoring, s': seconds(restores.ms),
    'records restored': restores.records,
  };
}

/** Of the requests that were due from one moment to another, sorted. */
function waits(result: OpenLoopResult, from: number, to: number): readonly number[] {
  return result.waits
    .flatMap(({ dueAtMs, seenMs }) => (dueAtMs >= from && dueAtMs < to ? [seenMs] : []))
    .toSorted((a, b) => a - b);
}

function waitRow(sorted: readonly number[]): Rows[string] {
  const milliseconds = [quantile(sorted, 0.5), quantile(sorted, 0.99), sorted.at(-1) ?? Number.NaN];
  return { 'p50 / p99 / most, ms': milliseconds.map(Math.round).join(' / ') };
}
