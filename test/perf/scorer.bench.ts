/**
 * `npm run bench -- scorer [--rows 400000] [--seconds 15] [--only runtime,stage,topic,doors]`: the scorer beside ONNX
 * Runtime alone, from the features topic to the predictions, and through its doors beside MLServer. Python's packages come
 * from PyPI.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';

import { runtimeShare } from '../../libs/inference/bench/runtime-share.ts';
import { findLog } from '../../scripts/log/find-log.mjs';
import { pythonWith } from '../e2e/python-environment.ts';
import { machine } from './machine.ts';
import { removeTopics } from './remove-topics.ts';
import { benchPipeline, MODELS, type BenchPipeline, type ModelName } from './scorer/bench-models.ts';
import { closedLoop, openLoopOf, type DoorUnderLoad } from './scorer/door-load.ts';
import { grpcClient } from './scorer/grpc-client.ts';
import type { AskedModel } from './scorer/infer-client.ts';
import type { Latency } from './scorer/latency.ts';
import { startMlServer } from './scorer/ml-server.ts';
import { restClient } from './scorer/rest-client.ts';
import { batchCounts, describeBatches, doorsOf, startScorer } from './scorer/scorer-process.ts';
import { stageSaturation } from './scorer/stage-saturation.ts';
import { topicLatency } from './scorer/topic-latency.ts';
import { vectorOf } from './scorer/vector-records.ts';
import type { WatchedProcess } from './watched-process.ts';

const PACKAGES = ['mlserver==1.7.1', 'onnxruntime==1.32.0', 'skl2onnx==1.20.0', 'scikit-learn==1.9.1'];
const BATCHES = [1, 16, 64, 256, 1024];
/** Of what a door gives at most. */
const SHARES = [0.1, 0.5, 0.8];
const UNDER_WAY = 64;
const ON_BROKER = ['stage', 'topic', 'doors'];

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '400000' },
    seconds: { type: 'string', default: '15' },
    only: { type: 'string', default: 'runtime,stage,topic,doors' },
  },
});
const [rows, seconds] = [Number(flags.rows), Number(flags.seconds)];
const parts = new Set(flags.only.split(','));
const clock = new SystemClock();
const python = await pythonWith(PACKAGES);
const trees = await benchPipeline(python, 'trees');

interface Broker {
  readonly brokers: string;
  readonly log: KafkaLog;
}

async function runtimeTable(model: ModelName): Promise<object> {
  const { modelFile } = await benchPipeline(python, model);
  const table: Record<string, object> = {};
  for (const batch of BATCHES) {
    const { bare, scored } = await runtimeShare(modelFile, (n) => vectorOf(MODELS[model], n), clock, batch);
    const share = Number((scored / bare).toFixed(2));
    table[`batch ${batch}`] = { 'bare rows/s': Math.round(bare), 'scored rows/s': Math.round(scored), share };
  }
  return table;
}

async function measureStage({ log, brokers }: Broker): Promise<number> {
  const { perSecond, cpuCores, perCpuSecond, ...counts } = await stageSaturation(trees, log, brokers, clock, rows);
  const cpuPer1000 = Number((1000 / perCpuSecond).toFixed(4));
  console.table({ 'rows/s': Math.round(perSecond), 'CPU s/1,000': cpuPer1000, 'CPU cores': cpuCores, ...counts });
  return perSecond;
}

async function topicTable(pipeline: BenchPipeline, { log, brokers }: Broker, most: number): Promise<object> {
  const child = startScorer(pipeline.file, brokers);
  await child.says('ready');
  const { http } = doorsOf(child);
  const table: Record<string, object> = {};
  for (const share of SHARES) {
    const perSecond = Math.round(most * share);
    const [before, cpu] = [await batchCounts(http), child.cpuSeconds];
    const latency = await topicLatency(pipeline, log, clock, perSecond, seconds);
    const rowsScored = (await batchCounts(http)).rows - before.rows;
    table[title(share, perSecond)] = {
      ...row(latency),
      'CPU s/1,000': Number((((child.cpuSeconds - cpu) * 1000) / rowsScored).toFixed(4)),
      batches: describeBatches(before, await batchCounts(http)),
    };
  }
  await child.stop();
  return table;
}

/** Of one server's door: the most that it gives, and how long a request takes at shares of that. */
async function doorTable(load: DoorUnderLoad, metricsUrl: string | null): Promise<object> {
  const most = await closedLoop(load, UNDER_WAY, seconds);
  const table: Record<string, object> = {
    [`${UNDER_WAY} under way`]: {
      ...row(most.latency),
      'requests/s': Math.round(most.perSecond),
      'CPU s/1,000': Number(most.cpuPer1000.toFixed(3)),
    },
  };
  for (const share of SHARES) {
    const perSecond = Math.round(most.perSecond * share);
    const before = metricsUrl === null ? null : await batchCounts(metricsUrl);
    const latency = await openLoopOf(load, perSecond, seconds);
    const batches = before && metricsUrl ? describeBatches(before, await batchCounts(metricsUrl)) : '';
    table[title(share, perSecond)] = { ...row(latency), batches };
  }
  load.client.close();
  return table;
}

async function doors({ brokers }: Broker): Promise<void> {
  const asked = { name: 'trees', input: 'X', output: 'variable' };
  const scorer = startScorer(trees.file, brokers);
  await scorer.says('ready');
  const own = doorsOf(scorer);
  await doorsOfOne('Millrace', scorer, own, asked, own.http);
  await scorer.stop();
  const server = await startMlServer(python, { name: 'trees', modelFile: trees.modelFile }, 0, clock);
  await doorsOfOne('MLServer', server.child, server, asked, null);
  await server.child.stop();
}

async function doorsOfOne(
  who: string,
  child: WatchedProcess,
  { http, grpc }: { readonly http: string; readonly grpc: string },
  asked: AskedModel,
  metricsUrl: string | null,
): Promise<void> {
  const clients = { 'REST (JSON)': restClient(http, asked, UNDER_WAY * 4), 'gRPC (raw)': grpcClient(grpc, asked) };
  for (const [door, client] of Object.entries(clients)) {
    console.log(`${who}, ${door}, requests of one row`);
    console.table(await doorTable({ client, child, clock, width: MODELS.trees }, metricsUrl));
  }
}

function title(share: number, perSecond: number): string {
  return `${share * 100} %: ${perSecond}/s`;
}

function row({ sent, answered, p50Ms, p99Ms, mostMs }: Latency): object {
  const [p50, p99, most] = [p50Ms, p99Ms, mostMs].map((ms) => Number(ms.toFixed(1)));
  return { 'p50 ms': p50, 'p99 ms': p99, 'most ms': most, sent, answered };
}

async function onBroker(): Promise<void> {
  const found = await findLog({ say: (line) => console.error(line) });
  const { brokers } = found;
  const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'bench', clock });
  const broker = { brokers, log };
  try {
    console.table(machine(found.kind));
    if (parts.has('stage') || parts.has('topic')) {
      console.log(`trees, ${rows} vectors waiting`);
      const most = await measureStage(broker);
      if (parts.has('topic')) console.table(await topicTable(trees, broker, most));
    }
    if (parts.has('doors')) await doors(broker);
  } finally {
    await removeTopics(log, trees.plan);
    await log.close();
    await found.stop();
  }
}

if (parts.has('runtime')) {
  // before there is a broker, which takes its share of the cores even where it has nothing to do
  console.table(machine('none'));
  for (const model of Object.keys(MODELS) as ModelName[]) {
    console.log(`${model}, one worker, beside ONNX Runtime in this thread`);
    console.table(await runtimeTable(model));
  }
}
if (ON_BROKER.some((part) => parts.has(part))) await onBroker();
