import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { objectSchema, testPlan } from '@millrace/pipeline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recordedContext } from '../testing/recorded-context.ts';
import { labelNote } from './label-note.ts';
import { labelledRequests } from './labelled-requests.ts';

const EVENT = objectSchema({ id: 'string', at: 'integer', n: ['number', 'null'] });

const planOf = (outcome: string): Promise<Plan> =>
  testPlan(
    `
apiVersion: millrace/v1
name: p
events:
  asked: { schema: event.json, id: id, time: at }
  ended: { schema: event.json, id: id, time: at }
predict: { on: asked, key: id, model: m }
features:
  - { name: n, value: n }
  - { name: before, from: asked, by: [id], over: 1h, take: count }
${outcome}`,
    { 'event.json': EVENT },
  );
const OUTCOME = 'outcome: { from: ended, id: id, label: n, within: 1s }';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'labels-'))));
afterEach(() => rm(folder, { recursive: true }));

type Event = readonly [type: string, id: string, at: number, n: number | null];

async function read(events: readonly Event[], outcome = OUTCOME, signal?: AbortSignal) {
  const file = join(folder, 'events.jsonl');
  await writeFile(file, events.map(([type, id, at, n]) => JSON.stringify({ type, id, at, n })).join('\n'));
  const context = recordedContext();
  const plan = await planOf(outcome);
  const found = await labelledRequests(plan, file, signal ? { ...context, signal } : context);
  return { found: found.map(({ id, vector, label }) => [id, ...vector, label]), note: labelNote(plan, found) };
}

describe('labelledRequests', () => {
  it('are the requests with their vectors and the first label of their id', async () => {
    const { found } = await read([
      ['asked', 'a', 0, 7],
      ['asked', 'b', 1, 8],
      ['ended', 'b', 2, 1],
      ['ended', 'a', 3, 0],
      ['ended', 'a', 4, 1],
      ['asked', 'a', 5, 9],
    ]);
    expect(found).toEqual([
      ['a', 7, 0, 0],
      ['b', 8, 0, 1],
      ['a', 9, 1, 0],
    ]);
  });

  it('take no label from beyond outcome.within, and none that is null', async () => {
    const { found } = await read([
      ['asked', 'a', 0, 1],
      ['asked', 'b', 0, 1],
      ['asked', 'c', 0, 1],
      ['ended', 'a', 1000, 1],
      ['ended', 'b', 1001, 1],
      ['ended', 'c', 1, null],
    ]);
    expect(found.map((row) => row.at(-1))).toEqual([1, null, null]);
  });

  it('are the same in whatever order the file has events', async () => {
    const events: readonly Event[] = [
      ['ended', 'a', 900, 1],
      ['asked', 'a', 500, 2],
      ['asked', 'a', 100, 3],
    ];
    expect((await read(events)).found).toEqual([
      ['a', 2, 1, 1],
      ['a', 3, 0, 1],
    ]);
  });

  it('end when they are interrupted', async () => {
    await expect(read([['asked', 'a', 0, 1]], OUTCOME, AbortSignal.abort())).rejects.toMatchObject({
      code: 'INTERRUPTED',
    } satisfies Partial<AppError>);
  });

  it('say why a comparison has no metrics of them, or no area under the curve', async () => {
    const labels = async (first: number, second: number | null, outcome = OUTCOME) => {
      const ended: readonly Event[] = second === null ? [] : [['ended', 'b', 1, second]];
      return (await read([['asked', 'a', 0, 1], ['asked', 'b', 0, 1], ['ended', 'a', 1, first], ...ended], outcome))
        .note;
    };
    expect(await labels(0, 1)).toBeNull();
    expect(await labels(0, 1, '')).toMatch(/the pipeline file has no outcome/);
    expect(await labels(0, 2.5)).toMatch(/found a label 2\.5; those of a classifier are 0 and 1/);
    expect(await labels(0, null)).toMatch(/no AUC: all 1 labels are 0/);
    expect((await read([['asked', 'a', 0, 1]])).note).toMatch(
      /the file has no ended with a label within outcome\.within/,
    );
  });
});
