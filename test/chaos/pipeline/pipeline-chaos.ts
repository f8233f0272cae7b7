/** The flights pipeline, its services in processes of their own, hurt in every way under load, and counted by Kafka's own client. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { seededRandom } from '@millrace/core';
import { loadPlan } from '@millrace/pipeline';

import { RestartableCluster } from '../../../scripts/log/restartable-cluster.mjs';
import { readTopic } from '../../e2e/read-topic.ts';
import { runScript } from '../../e2e/run-script.ts';
import { makeScratchPipeline, removeScratchPipeline } from '../../e2e/scratch-pipeline.ts';
import { untilWhole } from '../partition-leaders.ts';
import { alertName, compareTold, isSameTold, windowName, type Told } from './compare-told.ts';
import { countPredictions, type Answer } from './count-predictions.ts';
import { Fleet } from './fleet.ts';
import { readLongExample, writeLongExample } from './long-example.ts';
import { offlineFeatures } from './offline-features.ts';
import { pipelineFaults, type PipelineFault } from './pipeline-faults.ts';
import { readTold, undisturbedTold } from './read-told.ts';

/** Longer than a session (10 s), so that the frozen one is replaced. */
const FROZEN_MS = 14_000;
/** Reading stops when nothing new has come for a while; more tries only where something is missing. */
const MOST_READS = 6;
/** The longest that a replay may take. */
const REPLAY_MS = 3_600_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: '200000' },
    /** Of events: JSON Lines, perhaps with gzip. Instead of the example's, repeated. */
    file: { type: 'string' },
    /** Events a second, or `max`. */
    rate: { type: 'string', default: '1200' },
    kills: { type: 'string', default: '10' },
    freezes: { type: 'string', default: '3' },
    brokers: { type: 'string', default: '1' },
    /** The last promise, a time: what ends at or before it closes. Without it the last event's time. */
    to: { type: 'string' },
    /** First the same events undisturbed, in topics of their own: the monitor must tell the same in both. */
    twice: { type: 'boolean', default: false },
    /** Services that are hurt. */
    on: { type: 'string', default: 'ingest,feature,scorer,monitor' },
  },
});
const startedMs = performance.now();
const say = (line: string): void =>
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);

const cluster = await RestartableCluster.start({ say });
say(`three brokers are up: ${cluster.brokers}`);
const pipeline = await makeScratchPipeline();
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  await cluster.remove();
  await removeScratchPipeline(pipeline);
}

async function run(): Promise<boolean> {
  const { names } = await loadPlan(pipeline.file);
  const file = values.file ?? join(pipeline.folder, 'events.jsonl');
  const example = values.file ? await readLongExample(file) : await writeLongExample(file, Number(values.events));
  say(`${example.events} events, ${example.requests.length} of them ask for a prediction; seed ${values.seed}`);
  const undisturbed = values.twice && (await toldUndisturbed(file, example.examples.size));
  await using fleet = new Fleet(pipeline.file, cluster.brokers);
  await fleet.startAll();
  say(`${fleet.instances.join(', ')} are up`);
  const pace = values.rate === 'max' ? ['--speed', 'max'] : ['--rate', values.rate];
  const replaying = replay(pipeline.file, file, pace).then(() => say('all events are published'));
  const counts = { kills: Number(values.kills), freezes: Number(values.freezes), brokers: Number(values.brokers) };
  const hurt = fleet.instances.filter((instance) => values.on.split(',').includes(instance.replace(/-\d+$/, '')));
  const faults = pipelineFaults(counts, hurt, cluster.nodes.length, seededRandom(Number(values.seed)));
  for (const fault of faults) await strike(fault, fleet);
  say('all faults are over');
  await replaying;
  const answers = await readAnswers(names.predictions, example.requests.length);
  if (answers.length < example.requests.length) say(await fleet.metrics());
  const examples = await readAnswers(names.examples, example.examples.size);
  const deadLetters = (await readTopic(cluster.brokers, names.dlq)).values.length;
  const told = undisturbed && (await readTold(cluster.brokers, names, undisturbed.windows.length));
  say(`exit statuses at SIGTERM: ${(await fleet.stop()).join(' ')}`);
  const predicted = countPredictions(
    { requests: example.requests, features: await offlineFeatures(pipeline, file) },
    answers,
  );
  const answered = new Set(answers.map(({ id }) => id));
  const unanswered = example.requests.filter((id) => !answered.has(id));
  if (unanswered.length > 0) say(`without an answer: ${unanswered.slice(0, 20).join(' ')}`);
  say(`predictions: ${JSON.stringify(predicted)}`);
  const exampleIds = new Set(examples.map(({ id }) => id));
  const missing = [...example.examples].filter((id) => !exampleIds.has(id)).length;
  const more = examples.length - example.examples.size + missing;
  say(`examples: ${examples.length}, ${missing} lost, ${more} too many; dead letters: ${deadLetters}`);
  const { lost, doubled, strange, misorderedPerKey, differentFeatures } = predicted;
  const mistakes = lost + doubled + strange + misorderedPerKey + differentFeatures + missing + more + deadLetters;
  const isSame = !undisturbed || !told || isSameStory(undisturbed, told);
  return mistakes === 0 && isSame;
}

/** @param pace flags of the command */
async function replay(pipelineFile: string, file: string, pace: readonly string[]): Promise<void> {
  const { status, output } = await runScript(
    [
      'apps/cli/bin/millrace.mjs',
      'replay',
      pipelineFile,
      file,
      ...pace,
      ...(values.to === undefined ? [] : ['--to', values.to]),
    ],
    { KAFKA_BROKERS: cluster.brokers },
    REPLAY_MS,
  );
  if (status !== 0) throw new Error(`the replay ended with ${status}: ${output}`);
}

async function toldUndisturbed(file: string, examples: number): Promise<Told> {
  const told = await undisturbedTold(
    cluster.brokers,
    (pipelineFile) => replay(pipelineFile, file, ['--speed', 'max']),
    examples,
  );
  say(`undisturbed the monitor tells ${told.windows.length} windows and ${told.alerts.length} alerts`);
  return told;
}

function isSameStory(undisturbed: Told, told: Told): boolean {
  const windows = compareTold(undisturbed.windows, told.windows, windowName);
  const alerts = compareTold(undisturbed.alerts, told.alerts, alertName);
  say(`windows: ${JSON.stringify(windows)}`);
  say(`alerts: ${JSON.stringify(alerts)}`);
  return isSameTold(windows) && isSameTold(alerts) && windows.expected > 0;
}

async function strike(fault: PipelineFault, fleet: Fleet): Promise<void> {
  await fleet.ready();
  await new Promise((resolve) => setTimeout(resolve, fault.afterMs));
  if (fault.kind === 'broker') {
    say(`broker ${fault.broker + 1} restarts`);
    const node = cluster.nodes[fault.broker] as (typeof cluster.nodes)[number];
    await node.stop();
    await node.start();
    await untilWhole(cluster.brokers);
  } else if (fault.kind === 'kill') {
    say(`kill -9 ${fault.instance}`);
    await fleet.killAndRestart(fault.instance);
  } else {
    say(`${fault.instance} stands still for ${FROZEN_MS / 1000} s`);
    await fleet.freeze(fault.instance, FROZEN_MS);
  }
}

/** By Kafka's console consumer, read_committed, once so many are there. */
async function readAnswers(topic: string, count: number): Promise<readonly Answer[]> {
  for (let reads = 1; ; reads++) {
    const { client, values: found } = await readTopic(cluster.brokers, topic);
    say(`${client} reads ${found.length} of ${count} in ${topic}`);
    if (found.length >= count || reads === MOST_READS) return found.map((value) => JSON.parse(value) as Answer);
  }
}
