import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { auditSwitches, type SwitchAudit } from './audit-switches.ts';
import { MillraceProcess } from './millrace-process.ts';
import { removeTopics } from './remove-topics.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { StartedScript } from './started-script.ts';
import { VectorFeed } from './vector-feed.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';
const ROWS = 20_000;
const PER_SECOND = 500;

describe('the champion, switched under load', () => {
  const clock = new SystemClock();
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;
  let audit: SwitchAudit;
  let firstScorer: MillraceProcess;
  const enough = new AbortController();
  let feeding: Promise<void> | undefined;
  let shown: string;
  let metadata: { readonly versions: readonly string[] };

  const env = () => ({ KAFKA_BROKERS: inject('brokers') });
  const started: MillraceProcess[] = [];
  const up = async (): Promise<MillraceProcess> => {
    const scorer = await MillraceProcess.up([pipeline.file, '--only', 'scorer', '--http', '0'], env());
    started.push(scorer);
    return scorer;
  };
  const command = (...words: string[]): string[] => [
    MILLRACE,
    'model',
    'alias',
    'arrival-delay',
    ...words,
    pipeline.file,
  ];
  const makeChampion = async (version: string): Promise<string> => {
    const { status, output } = await runScript(command('champion', version), env());
    expect(status, output).toBe(0);
    return output;
  };

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    plan = await loadPlan(pipeline.file);
    log = new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'test', clock });
    firstScorer = await up();
    const second = await up();
    const feed = new VectorFeed(plan, log, clock);
    feeding = feed.run(PER_SECOND, ROWS, enough.signal);

    expect(await makeChampion('2')).toContain('offered to 2 scorers');

    // whoever asks is killed between offer and switch: nothing has switched, and the next who asks begins anew
    second.freeze();
    const asking = new StartedScript(command('champion', '1'), env());
    await asking.said(/is offered to 2 scorers/);
    await asking.said(/ is ready/);
    await asking.end('SIGKILL');
    expect((await runScript(command(), env())).output).toContain('champion is 2 ');
    second.thaw();
    await makeChampion('1');

    // a scorer is killed between offer and switch, and another comes that was not asked
    second.freeze();
    const going = new StartedScript(command('champion', '2'), env());
    await going.said(/is offered to 2 scorers/);
    await second.kill();
    const third = await up();
    expect(await going.ended()).toBe(0);

    // a version that there is not is refused, by all who score; the old one stays
    const { status, output } = await runScript(command('champion', '7'), env());
    expect([status, output]).toEqual([1, expect.stringMatching(/MODEL_REFUSED.*There is 1, 2/s)]);
    await firstScorer.stop();
    firstScorer = await up();
    await makeChampion('1');
    await makeChampion('2');
    enough.abort();
    await feeding;
    await vi.waitUntil(async () => (await count(plan.names.predictions)) >= feed.rows, {
      timeout: 60_000,
      interval: 500,
    });
    shown = (await runScript(command(), env())).output;
    const { scorer } = firstScorer.urls;
    metadata = (await (await fetch(`${scorer}/v2/models/arrival-delay`)).json()) as typeof metadata;
    await firstScorer.stop();
    await third.stop();
    audit = await auditSwitches(plan, log, clock, '1');
  });

  afterAll(async () => {
    // whatever has failed: a frozen process would stay for ever
    for (const scorer of started) await scorer.kill();
    enough.abort();
    await feeding?.catch(() => undefined);
    await log.close();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
  });

  async function count(topic: string): Promise<number> {
    const source = log.source();
    const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => ({ topic, partition }));
    const bounds = await source.bounds(partitions);
    await source.close();
    // control records of transactions are counted as well: at least so many
    return [...bounds.values()].reduce((sum, { lastStable }) => sum + lastStable, 0);
  }

  it('loses no row, doubles none, and keeps their order', () => {
    const { rows, predictions, lost, doubled, misordered } = audit;
    expect(rows).toBeGreaterThanOrEqual(ROWS);
    expect({ predictions, lost, doubled, misordered }).toEqual({
      predictions: rows,
      lost: 0,
      doubled: 0,
      misordered: 0,
    });
  });

  it('switches every partition at the same switches, and what was killed in between at none', () => {
    expect(audit.switches).toEqual(Array.from({ length: 4 }, () => ['2', '1', '2', '1', '2']));
  });

  it('answers each row by the version in force where it lies, and by no other', () => {
    expect({ otherVersion: audit.otherVersion, otherOutput: audit.otherOutput }).toEqual({
      otherVersion: 0,
      otherOutput: 0,
    });
    expect(Object.keys(audit.answered).toSorted()).toEqual(['1', '2']);
    for (const rows of Object.values(audit.answered)) expect(rows).toBeGreaterThan(500);
  });

  it('keeps a history, and only what is in force loaded', () => {
    expect(shown.match(/champion is 2 \(number \d+\)/)).not.toBeNull();
    expect(
      [...shown.matchAll(/^\S+Z {2}champion (\S+) → (\S+) {2}number/gm)].map(([, from, to]) => `${from} ${to}`),
    ).toEqual(['predict.version 2', '2 1', '1 2', '2 1', '1 2']);
    expect(metadata.versions).toEqual(['2']);
  });
});
