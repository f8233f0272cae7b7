import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { MillraceProcess } from './millrace-process.ts';
import { HAS_PERF_ANALYZER, perfAnalyzer, type PerfAnalyzer } from './perf-analyzer.ts';
import { removeTopics } from './remove-topics.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { addSimpleModel } from './simple-model.ts';
import { WORKED_ROWS } from './worked-rows.ts';

const MODEL = 'arrival-delay';
/** It reads no NaN from a file. */
const ROWS = WORKED_ROWS.map(({ features }) => features).filter((features) => !features.includes(null)) as number[][];

/** In percent: a test measures nothing. */
const ANY_VARIATION = '99999';

interface Counted {
  readonly requests: number;
  readonly succeeded: number;
  readonly rows: number;
}

describe.runIf(HAS_PERF_ANALYZER)("Triton's perf_analyzer (x86-64 Linux), unchanged, against a scorer", () => {
  let pipeline: ScratchPipeline;
  let millrace: MillraceProcess;
  let analyzer: PerfAnalyzer;

  beforeAll(async () => {
    analyzer = await perfAnalyzer();
    pipeline = await makeScratchPipeline();
    await addSimpleModel(pipeline);
    millrace = await MillraceProcess.up([pipeline.file, '--only', 'scorer', '--http', '0', '--grpc', '0'], {
      KAFKA_BROKERS: inject('brokers'),
    });
  });

  afterAll(async () => {
    await millrace.stop();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  const http = (): string => new URL(millrace.urls['scorer'] ?? '').host;
  const analyze = (protocol: string, ...args: readonly string[]): Promise<string> =>
    analyzeModel(MODEL, protocol, ...args);
  const analyzeModel = (model: string, protocol: string, ...args: readonly string[]): Promise<string> =>
    analyzer.run(['-m', model, '-i', protocol, '-u', protocol === 'http' ? http() : millrace.grpcHost, ...args]);

  it.each([
    ['http', 'one row at a time', 1, []],
    ['http', 'eight rows', 8, ['-x', '1']],
    ['http', '64 rows, asynchronously', 64, ['-a']],
    ['http', 'tensors in JSON', 8, ['--input-tensor-format', 'json', '--output-tensor-format', 'json']],
    ['grpc', 'eight rows', 8, ['-x', '1']],
    ['grpc', '64 rows, asynchronously', 64, ['-a']],
    ['grpc', 'a stream', 8, ['-a', '--streaming']],
    ['grpc', 'gzipped', 8, ['--grpc-compression-algorithm', 'gzip']],
  ])('measures a number of requests by %s: %s', async (protocol, _, rows, args) => {
    const count = ['--request-count', '300', '--concurrency-range', '4'];
    const said = await analyze(protocol, '-b', `${rows}`, ...count, ...args);
    const { requests, succeeded, rows: scored } = counted(said);
    expect(requests, said).toBe(300);
    // the server is asked for its counts while the first and the last requests are on their way
    expect(300 - succeeded).toBeLessThanOrEqual(4);
    expect(scored).toBe(rows * succeeded);
  });

  it.each(['http', 'grpc'])("measures the model of Triton's examples by %s, once it is loaded", async (protocol) => {
    const loaded = await fetch(`http://${http()}/v2/repository/models/simple/load`, { method: 'POST' });
    expect(loaded.status).toBe(200);
    const said = await analyzeModel(
      'simple',
      protocol,
      '-b',
      '4',
      '--request-count',
      '200',
      '--concurrency-range',
      '2',
    );
    const { requests, succeeded, rows } = counted(said);
    expect(requests, said).toBe(200);
    expect(rows).toBe(4 * succeeded);
  });

  it('searches a range of concurrencies, and takes the times of the server apart', async () => {
    const file = join(pipeline.folder, 'concurrency.csv');
    const windows = ['-p', '300', '-s', ANY_VARIATION, '--percentile', '95'];
    await analyze('http', '-b', '8', '--concurrency-range', '1:3', ...windows, '-f', file);
    const [head = '', ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
    const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [head.split(',')[i], +cell])));
    expect(new Set(rows.map(({ Concurrency }) => Concurrency))).toEqual(new Set([1, 2, 3]));
    for (const row of rows) {
      expect(row['Inferences/Second']).toBeGreaterThan(0);
      expect(row['Server Compute Infer']).toBeGreaterThan(0);
      expect(row['Server Compute Infer']).toBeLessThan(row['p99 latency'] as number);
    }
  });

  it('sends at a rate', async () => {
    const said = await analyze('http', '--request-rate-range', '100', '--request-count', '100');
    expect(said).toMatch(/^Request Rate: 100(\.00)?, throughput: \d+(\.\d+)? infer\/sec/m);
  });

  it.each(['http', 'grpc'])('gets by %s the outputs that it is told to expect, and none other', async (protocol) => {
    const right = await Promise.all(ROWS.map(scoreOf));
    const told = async (name: string, expected: readonly (readonly number[])[]): Promise<string> => {
      const file = join(pipeline.folder, name);
      await writeFile(file, validationData(expected));
      return analyze(protocol, '--request-count', '50', '--concurrency-range', '2', '--input-data', file);
    };
    expect(counted(await told('right.json', right)).requests).toBe(50);
    await expect(told('wrong.json', right.toReversed())).rejects.toThrow("Output doesn't match expected output");
  });

  async function scoreOf(row: readonly number[]): Promise<readonly number[]> {
    const inputs = [{ name: 'features', datatype: 'FP32', shape: [1, row.length], data: row }];
    const request = { method: 'POST', body: JSON.stringify({ inputs }) };
    const response = await fetch(`http://${http()}/v2/models/${MODEL}/infer`, request);
    const { outputs } = (await response.json()) as { outputs: readonly [{ data: readonly number[] }] };
    return outputs[0].data;
  }
});

function counted(said: string): Counted {
  const of = (what: string): number => Number(new RegExp(`${what}: (\\d+)`).exec(said)?.[1]);
  return { requests: of('Request count'), succeeded: of('Successful request count'), rows: of('Inference count') };
}

/** It reads no number without a point as a float. */
function validationData(expected: readonly (readonly number[])[]): string {
  const list = (values: readonly number[]): string =>
    `[${values.map((value) => (Number.isInteger(value) ? value.toFixed(1) : String(value))).join(',')}]`;
  const data = ROWS.map((row) => `{"features":${list(row)}}`);
  const validation = expected.map((row) => `{"probability":${list(row)}}`);
  return `{"data":[${data.join(',')}],"validation_data":[${validation.join(',')}]}`;
}
