/**
 * `npm run bench -- features [--rounds 5] [--events FILE]`: one thread, no log. The windows of the flights example (20
 * features over six keys), windows with a million events under one key, and the example's features offline, from its
 * file to rows. Then the offline commands as they are, over the example's events or those of FILE.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGunzip } from 'node:zlib';

import { createProjector, offlineFeatures, OfflineWindows, type FileEvent, type Projection } from '@millrace/features';
import { oneByOne, smallPlan } from '@millrace/features/testing';
import { loadPlan, parseEventTime, type Plan } from '@millrace/pipeline';

import { machine } from './machine.ts';
import { offlineCommands } from './offline-commands.ts';
import { quantile } from './quantile.ts';

const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';
const PIPELINE = 'examples/flights/pipeline.yaml';
const DROP_EVERY = 4096;
const MILLION = 1_000_000;
const ASKED = 20_000;

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, events: { type: 'string', default: EVENTS } },
});
const rounds = Number(flags.rounds);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What an event leads to: updates of windows, and the questions of a request. */
interface Step {
  readonly at: number;
  readonly updates: readonly Projection[];
  readonly requests: readonly Projection[];
}

async function* fileEvents(): AsyncGenerator<FileEvent> {
  for await (const line of createInterface({ input: createReadStream(EVENTS).pipe(createGunzip()) })) {
    const { type, ...payload } = JSON.parse(line) as { type: string } & FileEvent['payload'];
    yield { type, payload };
  }
}

async function stepsOf(plan: Plan): Promise<readonly Step[]> {
  const projector = createProjector(plan);
  const steps: Step[] = [];
  for await (const { type, payload } of fileEvents()) {
    const at = parseEventTime(payload['at']) as number;
    const origin = { partition: 0, offset: steps.length };
    const event = { type, id: String(payload['id']), at, payload, origin, promise: null, attempts: 0 };
    const projections = projector.project(event);
    const [updates, requests] = (['event', 'request'] as const).map((kind) =>
      projections.filter(({ record }) => record.kind === kind),
    ) as [Projection[], Projection[]];
    steps.push({ at, updates, requests });
  }
  return steps;
}

/** @returns milliseconds for all steps, with or without their vectors */
function run(plan: Plan, steps: readonly Step[], withVectors: boolean): number {
  const windows = new OfflineWindows(plan);
  const startedAt = performance.now();
  steps.forEach(({ at, updates, requests }, position) => {
    for (const update of updates) if (update.record.kind === 'event') windows.apply(update, update.record, position);
    if (withVectors && requests.length > 0) vectorOf(windows, requests, at);
    if (position % DROP_EVERY === 0) windows.drop(at);
  });
  return performance.now() - startedAt;
}

function vectorOf(windows: OfflineWindows, requests: readonly Projection[], at: number): Float32Array {
  const { record } = requests.at(-1) as Projection;
  if (record.kind !== 'request' || !record.assembly) throw new TypeError('the last one is the assembler’s');
  return windows.vector(requests, record.assembly.values, at);
}

function median(take: () => number): number {
  return quantile(
    Array.from({ length: rounds }, take).toSorted((a, b) => a - b),
    0.5,
  );
}

function flightsTable(plan: Plan, steps: readonly Step[]): object {
  const updates = steps.reduce((sum, step) => sum + step.updates.length, 0);
  const vectors = steps.filter(({ requests }) => requests.length > 0).length;
  run(plan, steps, true); // compilers warm up
  const updating = median(() => run(plan, steps, false));
  const both = median(() => run(plan, steps, true));
  return {
    'window updates/s': Math.round((updates * 1000) / updating),
    'vectors/s': Math.round((vectors * 1000) / (both - updating)),
    'features a vector': plan.vector.length,
    keys: plan.stages.length,
  };
}

/** Every take over a million events of one key: a millisecond between two events, a window of all of them. */
function longWindow(take: 'count' | 'mean' | 'stddev' | 'max' | 'last' | 'distinct'): object {
  const plan = smallPlan({ features: [{ from: 'sale', by: ['user'], over: MILLION, take, of: 'of' }] });
  const windows = new OfflineWindows(plan);
  const stage = plan.stages[0]?.index ?? 0;
  const address = { stage, topic: '', key: 'u', placedBy: 'u' };
  const event = (n: number) => ({
    kind: 'event' as const,
    type: 1,
    id: `${n}`,
    at: n,
    values: [(n % 1000) / 8],
    origin: { partition: 0, offset: n },
    attempts: 0,
  });
  collectGarbage();
  const heap = process.memoryUsage();
  let startedAt = performance.now();
  for (let n = 0; n < MILLION; n++) windows.apply({ ...address, record: event(n) }, event(n), n);
  const updatingMs = performance.now() - startedAt;
  collectGarbage();
  const bytes = process.memoryUsage().heapUsed - heap.heapUsed;
  const question = [{ ...address, record: null as never }];
  startedAt = performance.now();
  for (let n = MILLION; n < MILLION + ASKED; n++) {
    windows.vector(question, new Float64Array(2), n);
    windows.apply({ ...address, record: event(n) }, event(n), n);
  }
  const askingMs = performance.now() - startedAt;
  return {
    'updates/s': Math.round((MILLION * 1000) / updatingMs),
    'asked and updated/s': Math.round((ASKED * 1000) / askingMs),
    'MB per million events': Math.round(bytes / 1e6),
  };
}

/** A million events in windows of 30 days in panes of 5 minutes, evenly over the keys: what they take once they are folded. */
function inPanes(take: 'count' | 'mean' | 'stddev' | 'distinct', keys: number): object {
  const [over, resolution] = [30 * 86_400_000, 300_000];
  const plan = smallPlan({ features: [{ from: 'sale', by: ['user'], over, take, of: 'of', resolution }] });
  const windows = new OfflineWindows(plan);
  const stage = plan.stages[0]?.index ?? 0;
  const address = (n: number) => ({ stage, topic: '', key: `${n % keys}`, placedBy: '' });
  const event = (n: number) => ({
    kind: 'event' as const,
    type: 1,
    id: `${n}`,
    at: Math.floor((n * over) / MILLION),
    values: [(n % 1000) / 8],
    origin: { partition: 0, offset: n },
    attempts: 0,
  });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let startedAt = performance.now();
  for (let n = 0; n < MILLION; n++) {
    windows.apply({ ...address(n), record: event(n) }, event(n), n);
    if (n % DROP_EVERY === 0) windows.drop(event(n).at);
  }
  windows.drop(over);
  const updatingMs = performance.now() - startedAt;
  collectGarbage();
  const bytes = process.memoryUsage().heapUsed - before;
  startedAt = performance.now();
  for (let n = MILLION; n < MILLION + ASKED; n++)
    windows.vector([{ ...address(n), record: null as never }], new Float64Array(2), event(n).at);
  const askingMs = performance.now() - startedAt;
  return {
    'updates/s': Math.round((MILLION * 1000) / updatingMs),
    'asked/s': Math.round((ASKED * 1000) / askingMs),
    'MB per million events': Math.round(bytes / 1e6),
  };
}

/** A million keys with an event each. */
function manyKeys(): object {
  const plan = smallPlan({ features: [{ from: 'sale', by: ['user'], over: MILLION, take: 'mean', of: 'of' }] });
  const windows = new OfflineWindows(plan);
  const stage = plan.stages[0]?.index ?? 0;
  const keys = Array.from({ length: MILLION }, (_, n) => `key ${n}`);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  keys.forEach((key, n) => {
    const origin = { partition: 0, offset: n };
    const record = { kind: 'event' as const, type: 1, id: `${n}`, at: n, values: [n / 8], origin, attempts: 0 };
    windows.apply({ stage, topic: '', key, placedBy: key, record }, record, n);
  });
  collectGarbage();
  return { 'MB, keys themselves not counted': Math.round((process.memoryUsage().heapUsed - before) / 1e6) };
}

async function offlineTable(plan: Plan): Promise<object> {
  const startedAt = performance.now();
  let rows = 0;
  for await (const row of offlineFeatures(plan, oneByOne(fileEvents()))) rows += row.vector.length > 0 ? 1 : 0;
  const seconds = (performance.now() - startedAt) / 1000;
  return { rows, seconds: Number(seconds.toFixed(2)) };
}

console.table(machine('none'));
const plan = await loadPlan(PIPELINE);
const steps = await stepsOf(plan);
console.log(`the flights example: ${steps.length} events`);
console.table({ windows: flightsTable(plan, steps) });
console.log('one key with a million events in its window');
const takes = ['count', 'mean', 'stddev', 'max', 'last', 'distinct'] as const;
console.table(Object.fromEntries(takes.map((take) => [take, longWindow(take)])));
console.log('panes of 5m over 30d, a million events under so many keys');
const paned = (['count', 'mean', 'stddev', 'distinct'] as const).flatMap((take) =>
  [1, 10, 100].map((keys) => [`${take}, ${keys}`, inPanes(take, keys)]),
);
console.table(Object.fromEntries(paned));
console.log('a million keys with one event each');
console.table({ windows: manyKeys() });
console.log('offline, one thread, lines of JSON to rows');
console.table({ offline: await offlineTable(plan) });
console.log(`the commands over ${flags.events}`);
console.table(offlineCommands(PIPELINE, flags.events, rounds));
