import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ManualClock } from '@millrace/core/testing';
import { measureDisorder, offlineFeatures } from '@millrace/features';
import { loadPlan, pseudonymUnder } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CliContext } from '../context.ts';
import { readEventBatches } from '../events/read-events.ts';
import { runProgram } from '../program.ts';
import { featureCells } from '../rows/feature-columns.ts';
import { recordedContext } from '../testing/recorded-context.ts';
import { idsOf, THREAD_ENDED, watchThreads } from '../testing/watch-threads.ts';

const PIPELINE = fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url));
const START_MS = Date.parse('2013-11-12T00:00:00Z');
/** Behind each event: the file is large enough for two threads. */
const BLANKS = ' '.repeat(2000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offline-job-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** An event every 20 minutes, every third one a request, every thousandth wrong, from the 5,000th on a few late ones. */
function largeFile(): string[] {
  return Array.from({ length: 10_000 }, (_, n) => {
    const place = n > 5000 && n % 700 === 0 ? n - 3 : n;
    const at = new Date(START_MS + place * 20 * 60_000).toISOString();
    const flight = { id: `${n}`, at, carrier: 'MQ', flight: n % 7, tailnum: `N${n % 5}`, origin: 'LGA', dest: 'CLT' };
    const event =
      n % 3 === 0
        ? { type: 'departure_due', ...flight, sched_dep: at, distance: n % 1000 === 0 ? 'far' : 544, seats: null }
        : { type: 'departed', ...flight, dep_delay: (n % 41) - 9 };
    return `${JSON.stringify(event)}${BLANKS}\n`;
  });
}

const TWO = availableParallelism() > 1;

async function run(lines: readonly string[], more: Partial<CliContext> = {}, pipeline = PIPELINE) {
  const [file, out] = [join(folder, 'large.jsonl'), join(folder, 'out.jsonl')];
  await writeFile(file, lines.join(''));
  const context = recordedContext();
  const code = await runProgram(['features', pipeline, file, '--out', out], { ...context, ...more });
  return { code, err: context.err(), file, out };
}

describe('a large file, which two threads compute', () => {
  it('has the rows of one thread though it is out of order, and what is left out is counted once', async () => {
    const threads = watchThreads();
    const { code, err, file, out } = await run(largeFile());
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^3330 rows written.*\n4 events left out, .*: SCHEMA_VIOLATION, the first line 1: .*\n$/),
    ]);
    // begun again once it is known how late events are
    expect(idsOf(threads)).toEqual(TWO ? [THREAD_ENDED, THREAD_ENDED] : []);
    const plan = await loadPlan(PIPELINE);
    const disorderMs = await measureDisorder(plan, readEventBatches(file, plan));
    const expected: unknown[] = [];
    const events = readEventBatches(file, plan);
    for await (const row of offlineFeatures(plan, events, { disorderMs, onRejected: () => undefined }))
      expected.push(featureCells(row).map((cell) => (Number.isNaN(cell) ? null : cell)));
    const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
    const found = lines.map((line) => {
      const [id, at, key, ...vector] = Object.values(JSON.parse(line) as Record<string, string | number | null>);
      return [id, at, key, ...vector.map((value) => (value === null ? null : Math.fround(value as number)))];
    });
    expect(found).toEqual(expected);
  }, 60_000);

  it('has the features that it has without pseudonyms, and those of ids and keys, from both threads', async () => {
    const rowsOf = async (out: string) =>
      (await readFile(out, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; key: string });
    const plain = await rowsOf((await run(largeFile())).out);
    const pipeline = join(folder, 'pipeline.yaml');
    await cp(join(dirname(PIPELINE), 'schemas'), join(folder, 'schemas'), { recursive: true });
    const text = (await readFile(PIPELINE, 'utf8')).replace(
      'events:\n',
      'events:\n  pseudonyms: [id, tailnum, dest]\n',
    );
    await writeFile(pipeline, text);
    const key = 'a secret for these tests that is long enough';
    const { environment, loadPlan: load } = recordedContext({ MILLRACE_PSEUDONYM_KEY: key });
    const threads = watchThreads();
    const { code, out } = await run(largeFile(), { environment, loadPlan: load }, pipeline);
    expect([code, idsOf(threads).length]).toEqual([0, TWO ? 2 : 0]);
    const of = pseudonymUnder(key, 'flights');
    expect(await rowsOf(out)).toEqual(plain.map((row) => ({ ...row, id: of(row.id), key: of(row.key) })));
    expect(await run(largeFile().slice(0, 9), {}, pipeline)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/MILLRACE_PSEUDONYM_KEY: found nothing, .* names id, tailnum, dest; needed/),
    });
  }, 60_000);

  it('with a bad line in it is refused as by one thread, and leaves nothing', async () => {
    const threads = watchThreads();
    const lines = largeFile().map((line, n) => (n === 5000 ? '{"type":\n' : line));
    const { code, err } = await run(lines);
    expect([code, err]).toEqual([1, expect.stringMatching(/large\.jsonl: line 5001: found what is not JSON/)]);
    expect(await readdir(folder)).toEqual(['large.jsonl']);
    expect(idsOf(threads)).toEqual(TWO ? [THREAD_ENDED] : []);
  }, 60_000);

  it('can be interrupted, and leaves nothing', async () => {
    const threads = watchThreads();
    const stop = new AbortController();
    let elapsedMs = 0;
    const { code } = await run(largeFile(), {
      signal: stop.signal,
      stderr: { isTerminal: true, write: (text) => (/ [1-9]\d* rows/.test(text) ? stop.abort() : undefined) },
      clock: Object.assign(new ManualClock(), { elapsed: () => (elapsedMs += 1000) }),
    });
    expect(code).toBe(1);
    expect(await readdir(folder)).toEqual(['large.jsonl']);
    expect(idsOf(threads)).toEqual(TWO ? [THREAD_ENDED] : []);
  }, 60_000);
});
