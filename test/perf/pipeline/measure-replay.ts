import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DemoSummary } from '@millrace/standalone';

import { WatchedProcess } from './watched-process.ts';

export interface ReplayFigures {
  readonly summary: DemoSummary;
  readonly peakRssBytes: number;
}

/** Runs `npm start -- --exit` as it is: services, replay and the counting of answers in one process. */
export async function measureReplay(brokers: string, fresh: boolean): Promise<ReplayFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  const file = join(folder, 'summary.json');
  const flags = ['--exit', '--summary', file, '--kafka', 'external', ...(fresh ? ['--fresh'] : [])];
  const started = new WatchedProcess(['--enable-source-maps', 'scripts/start.main.mjs', ...flags], {
    KAFKA_BROKERS: brokers,
  });
  const stop = (): void => void started.stop();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  try {
    const status = await started.exited;
    if (status !== 0) throw new Error(`the replay ended with ${status}:\n${started.output.slice(-4000)}`);
    return { summary: JSON.parse(await readFile(file, 'utf8')) as DemoSummary, peakRssBytes: started.peakRssBytes };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
    await rm(folder, { recursive: true, force: true });
  }
}
