import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { MillraceProcess } from './millrace-process.ts';
import { printedBy } from './printed-by.ts';
import { pythonWith } from './python-environment.ts';
import { removeTopics } from './remove-topics.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { WORKED_ROWS } from './worked-rows.ts';

/** It brings its server along, and a client of Kubernetes: 451 MB. */
const PACKAGES = ['kserve==0.21.0'];
const MODEL = 'arrival-delay';
/** JSON has no NaN. */
const WHOLE = WORKED_ROWS.filter(({ features }) => !features.includes(null));

/** Id, model, output, and its elements. */
type Answer = readonly [string, string, string, readonly number[]];
/** Status and message. */
type Refusal = readonly [string, string] | null;

interface FoundByBoth {
  readonly live: boolean;
  readonly ready: boolean;
  readonly model_ready: boolean;
  readonly shape: Refusal;
  readonly nobody: Refusal;
}

/** What `kserve-client.py` prints. */
interface Found {
  readonly rest: FoundByBoth & { readonly json: Answer; readonly binary: Answer; readonly plain: Answer };
  readonly grpc: FoundByBoth & { readonly typed: Answer; readonly raw: Answer };
}

describe("KServe's clients from PyPI, unchanged, against a scorer", () => {
  let pipeline: ScratchPipeline;
  let found: Found;

  beforeAll(async () => {
    const python = await pythonWith(PACKAGES);
    pipeline = await makeScratchPipeline();
    await using millrace = await MillraceProcess.up([pipeline.file, '--only', 'scorer', '--http', '0'], {
      KAFKA_BROKERS: inject('brokers'),
    });
    const { urls, grpcHost } = millrace;
    found = (await printedBy(python, 'test/e2e/kserve-client.py', urls['scorer'] ?? '', grpcHost, MODEL)) as Found;
  });

  afterAll(async () => {
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  it('see the server live, and it and the model ready', () => {
    for (const { live, ready, model_ready } of [found.rest, found.grpc])
      expect([live, ready, model_ready]).toEqual([true, true, true]);
  });

  it('get the probabilities of the worked rows, in JSON and in bytes, typed and raw', () => {
    const near = ([id, model, output, scores]: Answer, rows: typeof WHOLE): void => {
      expect([id, model, output]).toEqual(['r1', MODEL, 'probability']);
      expect(scores).toHaveLength(rows.length);
      scores.forEach((score, i) => expect(score).toBeCloseTo(rows[i]?.probability ?? NaN, 5));
    };
    expect(WHOLE.length).toBeGreaterThan(1);
    near(found.rest.json, WHOLE);
    near(found.rest.binary, WORKED_ROWS as typeof WHOLE);
    near(found.grpc.typed, WORKED_ROWS as typeof WHOLE);
    near(found.grpc.raw, WORKED_ROWS as typeof WHOLE);
    expect(found.rest.plain.slice(1)).toEqual([MODEL, 'probability', found.rest.json[3].slice(0, 1)]);
  });

  it('are told what is wrong', () => {
    const shape = expect.stringContaining('features has the shape');
    const nobody = expect.stringContaining('there is no nobody here');
    expect([found.rest.shape, found.rest.nobody]).toEqual([
      ['400', shape],
      ['404', nobody],
    ]);
    expect([found.grpc.shape, found.grpc.nobody]).toEqual([
      ['StatusCode.INVALID_ARGUMENT', shape],
      ['StatusCode.NOT_FOUND', nobody],
    ]);
  });
});
