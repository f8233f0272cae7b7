import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runProgram, type CliContext } from '@millrace/cli';
import { SystemClock } from '@millrace/core';
import type { KafkaLog } from '@millrace/kafka';
import { OpenTransaction } from '@millrace/kafka/testing';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { deadLetterRecord } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { brokers, testLog } from './test-log.ts';

const FLIGHTS = fileURLToPath(new URL('../../examples/flights', import.meta.url));

describe('the command line, on a broker', () => {
  let log: KafkaLog;
  let folder: string;
  let plan: Plan;
  let topics: readonly string[];

  beforeAll(async () => {
    log = testLog();
    folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'));
    await cp(join(FLIGHTS, 'schemas'), join(folder, 'schemas'), { recursive: true });
    const text = await readFile(join(FLIGHTS, 'pipeline.yaml'), 'utf8');
    await writeFile(join(folder, 'pipeline.yaml'), text.replace(/^name: .*$/m, `name: p-${randomUUID()}`));
    plan = await loadPlan(join(folder, 'pipeline.yaml'));
    const { events, predictions, dlq, control } = plan.names;
    topics = [events, predictions, dlq, control];
    const partitions = (topic: string): number => (topic === control ? 1 : 2);
    await log
      .admin()
      .create(topics.map((topic) => ({ topic, partitions: partitions(topic), replication: null, config: {} })));
  });

  afterAll(async () => {
    await log.admin().delete(topics);
    await log.close();
    await rm(folder, { recursive: true });
  });

  const run = async (...words: readonly [string | AbortSignal, ...string[]]) => {
    const [first, ...rest] = words;
    const args = typeof first === 'string' ? [first, ...rest] : rest;
    const written = { out: '', err: '' };
    const context: CliContext = {
      stdout: { write: (text) => void (written.out += text), isTerminal: false },
      stderr: { write: (text) => void (written.err += text), isTerminal: false },
      clock: new SystemClock(),
      signal: typeof first === 'string' ? new AbortController().signal : first,
      environment: () => ({}),
      loadPlan: (pipeline = 'pipeline.yaml') => loadPlan(pipeline),
    };
    const code = await runProgram([...args, '--kafka-brokers', brokers().join(',')], context);
    return { code, ...written };
  };
  const pipeline = (): string => join(folder, 'pipeline.yaml');

  it('tails committed predictions and no others, and exports them', async () => {
    const prediction = (id: string) => ({
      topic: plan.names.predictions,
      partition: 0,
      key: 'k',
      value: `{"id": "${id}"}`,
    });
    const transaction = await OpenTransaction.begin(brokers(), `cli-${randomUUID()}`);
    await transaction.send([prediction('aborted')]);
    await transaction.end('abort');
    await transaction.send([prediction('a'), prediction('b')]);
    await transaction.end('commit');
    transaction.close();
    const shown = await run('tail', pipeline(), '--from-beginning', '--count', '2');
    expect([shown.code, shown.out]).toEqual([0, '{"id":"a"}\n{"id":"b"}\n']);
    const file = join(folder, 'out.jsonl');
    expect((await run('tail', pipeline(), 'predictions', '--from-beginning', '--out', file)).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('{"id":"a"}\n{"id":"b"}\n');
  });

  async function deadLetter(offset: number): Promise<void> {
    const letter = {
      stage: 'ingest',
      code: 'NO_ID',
      reason: 'no field id',
      topic: plan.names.events,
      partition: 1,
      offset,
      attempts: 0,
      key: Buffer.from('k'),
      value: null,
    };
    await log.publisher().publish([deadLetterRecord(letter, plan.names.dlq, 2)]);
  }

  it('lists dead letters and shows one with its event', async () => {
    await log.publisher().publish([{ topic: plan.names.events, partition: 1, key: 'k', value: '{"type":"departed"}' }]);
    await deadLetter(0);
    const listed = await run('dlq', 'list', pipeline(), '--json');
    const [found] = JSON.parse(listed.out) as [{ place: string; code: string }];
    expect(found).toMatchObject({ code: 'NO_ID', topic: plan.names.events, offset: 0 });
    expect((await run('dlq', 'list', pipeline(), '--where', 'key == "k"')).out).toMatch(
      /^\d:\d {2}\S+Z {2}ingest {2}NO_ID {2}- {2}\S+\.events\/1@0 {2}k {2}attempts 0 {2}no field id\n$/,
    );
    const shown = await run('dlq', 'show', pipeline(), found.place);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/reason: +no field id/);
    expect(shown.out).toMatch(/event: +\{"type":"departed"\}/);
  });

  it('replays what there is, says what is gone, and ends with 1 where something is', async () => {
    await deadLetter(7);
    const { code, out, err } = await run('dlq', 'replay', pipeline(), '--json');
    expect([code, JSON.parse(out)]).toEqual([1, { replayed: 1, skipped: 0, gone: 1 }]);
    expect(err).toMatch(/not replayed: \d:\d+ \(.*\/1@7\): the log no longer has the event.*\n.*EVENTS_GONE/);
    const again = await run('dlq', 'replay', pipeline(), '--where', 'code == "NO_ID"');
    expect([again.code, again.out]).toEqual([1, expect.stringMatching(/^replayed 0, skipped 1 .*, gone 1\n$/)]);
    const others = await run('dlq', 'replay', pipeline(), '--where', 'code != "NO_ID"');
    expect([others.code, others.err]).toEqual([0, '']);
  });

  it('says that a replay was interrupted, and ends with 1', async () => {
    const { code, err } = await run(AbortSignal.abort(), 'dlq', 'replay', pipeline());
    expect([code, err]).toEqual([1, expect.stringContaining('INTERRUPTED')]);
  });

  it('says which topic is missing', async () => {
    const { code, err } = await run('tail', pipeline(), 'alerts');
    expect([code, err]).toEqual([1, expect.stringContaining(plan.names.alerts)]);
  });
});
