/** `npm start`: builds, finds a log, runs the flights example through the four services. */
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';

import { findLog } from './log/find-log.mjs';
import { step } from './step.mjs';

const KINDS = ['external', 'docker', 'jars', 'embedded'];
const HOST = '127.0.0.1';
const FIRST_PORT = 8080;
const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';
/** Monday 00:00 in New York behind the last event: so that the last week closes. */
const TO = '2013-12-23T05:00:00Z';

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        exit: { type: 'boolean' },
        summary: { type: 'string' },
        kafka: { type: 'string' },
        fresh: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.kafka !== undefined && !KINDS.includes(values.kafka))
      throw new Error(`--kafka ${values.kafka}: allowed are ${KINDS.join(', ')}`);
    return values;
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

// Its own lines are the progress; what the services say beside it is for those who ask.
process.env.LOG_LEVEL ??= 'error';
const flags = readFlags();
if (flags.help) {
  console.log('npm start -- [--exit] [--summary FILE] [--kafka external|docker|jars|embedded] [--fresh]');
  process.exit(0);
}

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interrupt.abort());
const stopped = () => interrupt.signal.aborted;

if ((await step('tsc', ['-b'])) !== 0) process.exit(stopped() ? 130 : 1);

/** The log that is asked for, or the first that can be had; without any, the embedded one. */
async function chooseLog() {
  if (flags.kafka === 'embedded') return null;
  const say = (line) => console.log(line);
  const kinds = process.env.KAFKA_BROKERS || flags.kafka === 'external' ? KINDS.slice(0, 3) : KINDS.slice(1, 3);
  try {
    return await findLog({ kinds, choice: flags.kafka, say });
  } catch (error) {
    if (flags.kafka !== undefined) throw error;
    return null;
  }
}

/** 8080 where the five ports from there on are free, else 0: any free ones. */
async function firstPort() {
  const free = await Promise.all([0, 1, 2, 3, 4].map((offset) => isFree(FIRST_PORT + offset)));
  return free.every(Boolean) ? FIRST_PORT : 0;
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

let found = null;
let log = null;
try {
  found = await chooseLog();
  if (stopped()) process.exitCode = 130;
  else {
    const [
      { runDemo, openEmbedded },
      { replayEvents, readEvents },
      { loadPlan },
      { SystemClock },
      { openKafka, readConfig },
    ] = await Promise.all([
      import('@millrace/standalone'),
      import('@millrace/cli'),
      import('@millrace/pipeline'),
      import('@millrace/core'),
      import('@millrace/platform'),
    ]);
    const clock = new SystemClock();
    const plan = await loadPlan(PIPELINE);
    const connection = found && { ...readConfig().kafka, brokers: found.brokers.split(',') };
    log = connection ? await openKafka(connection, 'millrace', clock) : openEmbedded(plan, clock);
    console.log(`log: ${log.description}`);
    process.exitCode = await runDemo({
      plan,
      log,
      kind: found?.kind ?? 'embedded',
      clock,
      replay: (signal) =>
        replayEvents({ plan, log, events: readEvents(EVENTS, plan), to: Date.parse(TO), clock, signal }),
      fresh: flags.fresh ?? false,
      exit: flags.exit ?? false,
      summaryFile: flags.summary,
      host: HOST,
      httpPort: await firstPort(),
      signal: interrupt.signal,
      out: process.stdout,
    });
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = stopped() ? 130 : 1;
} finally {
  await log?.close();
  await found?.stop();
}
// Whatever a library has left open must not keep the command from ending.
process.exit();
