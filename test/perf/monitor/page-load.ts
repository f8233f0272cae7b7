import { SystemClock } from '@millrace/core';
import { buildProfile } from '@millrace/drift';
import { MemoryLog } from '@millrace/memory-log';
import { parsePipeline, topicSpecs, type Plan } from '@millrace/pipeline';
import { rfc3339 } from '@millrace/records';
import { chromium, type Browser } from 'playwright-core';

import { MonitorBench } from '../../../apps/monitor/src/testing/monitor-bench.ts';
import { findBrowser } from '../../../scripts/browser/find-browser.mjs';
import { openDoor } from '../../browser/open-door.ts';
import { quantile } from '../quantile.ts';
import { RowSource } from './row-source.ts';

const FEATURES = 10;
const WINDOWS = 500;
const HOUR = 3_600_000;

/**
 * How long the page of the monitor takes with 500 windows of 30 signals (10 features, with their missing and non-finite rates), from the
 * request to all being drawn, each time in a browser that has cached nothing; then with a processor that is four times as slow, as a phone's.
 */
export async function pageLoad(rounds: number): Promise<object> {
  const plan = await plan10();
  const log = new MemoryLog({ clock: new SystemClock() });
  await log.admin().create(topicSpecs(plan));
  const bench = await MonitorBench.start({ plan, outputs: [], profiles: new Map([['1', profileOf(plan)]]) });
  const signals = bench.stage.models.get('1')?.signals.map(({ signal }) => signal.name) ?? [];
  await log.publisher().publish(ledgerOf(plan, signals));
  const [door, browser] = [await openDoor(plan, log, bench.stage), await chromium.launch(await findBrowser())];
  try {
    await load(browser, door.url, 1); // the door's own first answer
    return {
      windows: WINDOWS,
      signals: signals.length,
      ...(await measured(browser, door.url, rounds, 1)),
      ...Object.fromEntries(
        Object.entries(await measured(browser, door.url, rounds, 4)).map(([name, ms]) => [
          `${name}, 4 times slower`,
          ms,
        ]),
      ),
    };
  } finally {
    await browser.close();
    await door.close();
    await log.close();
  }
}

async function measured(browser: Browser, url: string, rounds: number, slower: number): Promise<object> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await load(browser, url, slower));
  times.sort((a, b) => a - b);
  return { 'median ms': Math.round(quantile(times, 0.5)), 'most ms': Math.round(times.at(-1) as number) };
}

/** Milliseconds from the navigation to the frame that shows all. */
async function load(browser: Browser, url: string, slower: number): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  await page.goto(`${url}/monitor`);
  const drawn = await page.evaluate<number>(`new Promise((resolve) => {
    const painted = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    if (performance.getEntriesByName('shown').length > 0) return painted();
    new PerformanceObserver((list) => list.getEntriesByName('shown').length > 0 && painted()).observe({ entryTypes: ['mark'] });
  })`);
  await context.close();
  return drawn;
}

function plan10(): Promise<Plan> {
  const features = Array.from({ length: FEATURES }, (_, i) => `{ name: x${i}, value: x${i} }`);
  const text = `
apiVersion: millrace/v1
name: page
events: { asked: { schema: any.json, id: id, time: at } }
topics: { partitions: 1 }
predict: { on: asked, key: id, model: m, version: "1" }
features: [${features.join(', ')}]
monitor: { window: { every: 1h } }
`;
  const fields = Object.fromEntries(Array.from({ length: FEATURES }, (_, i) => [`x${i}`, { type: 'number' }]));
  const properties = { id: { type: 'string' }, at: { type: 'integer' }, ...fields };
  const schema = JSON.stringify({ type: 'object', properties, required: ['id', 'at'] });
  return parsePipeline(text, { file: 'pipeline.yaml', folder: '/', read: async () => schema });
}

function profileOf(plan: Plan) {
  const source = new RowSource(4);
  const rows = Array.from({ length: 2000 }, () => ({
    at: null,
    label: null,
    vector: source.next().slice(0, FEATURES),
    outputs: [],
  }));
  const features = plan.vector.map(({ name }) => ({ name, categories: null }));
  return buildProfile({ model: 'm', version: '1', features, outputs: [], window: plan.monitor.window }, rows);
}

/** Records as the monitor writes them, the numbers drawn: 500 windows, and the states of all signals. */
function ledgerOf({ names, featureSet }: Plan, signals: readonly string[]) {
  const random = new RowSource(5);
  const watch = { state: 'ok', logM: 0, onset: 0, exceeded: [], incident: null };
  const key = `monitor/${featureSet}`;
  const windows = Array.from({ length: WINDOWS }, (_, i) => {
    const numbers = () => ({
      state: 'ok',
      floor: 0.1,
      log_m: 0,
      psi: random.random() / 20,
      effect: 0,
      null_quantile: 0.0123,
    });
    return {
      key: `${key}/window/rows/1/champion/${i}`,
      value: {
        subject: 'rows',
        version: '1',
        variant: 'champion',
        start: rfc3339(i * HOUR),
        end: rfc3339((i + 1) * HOUR),
        rows: 1000,
        judged: true,
        signals: Object.fromEntries(signals.map((name) => [name, numbers()])),
        counts: [],
        performance: null,
      },
    };
  });
  const ledger = {
    progress: [[0, WINDOWS * HOUR]],
    watches: [['["1","champion"]', signals.map((name) => [name, watch])]],
  };
  return [...windows, { key, value: ledger }].map(({ key, value }) => ({
    topic: names.ledger,
    partition: 0,
    key,
    value: JSON.stringify(value),
  }));
}
