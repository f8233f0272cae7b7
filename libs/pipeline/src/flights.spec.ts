import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

import { beforeAll, describe, expect, it } from 'vitest';

import { explainPlan } from './explain-plan.ts';
import { formatExplanation } from './format-explanation.ts';
import { loadPlan } from './load-plan.ts';
import type { EventPayload, Plan } from './plan.ts';
import { topicSpecs } from './topic-specs.ts';

const FOLDER = fileURLToPath(new URL('../../../examples/flights', import.meta.url));

async function* events(): AsyncGenerator<{ type: string; payload: EventPayload }> {
  const lines = createInterface({
    input: createReadStream(`${FOLDER}/data/flights-2013-10-28-to-12-22.jsonl.gz`).pipe(createGunzip()),
  });
  for await (const line of lines) {
    const { type, ...payload } = JSON.parse(line) as EventPayload & { type: string };
    yield { type, payload };
  }
}

describe('the flights example', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan(`${FOLDER}/pipeline.yaml`);
  });

  it('loads, with a stage per key and the assembler keyed by tail number', () => {
    expect(plan.stages.map(({ by, assembler }) => [by.join(), assembler])).toEqual([
      ['origin', false],
      ['carrier', false],
      ['origin,carrier', false],
      ['dest', false],
      ['carrier,flight', false],
      ['tailnum', true],
    ]);
    expect(plan.vector).toHaveLength(20);
    // another version of an unchanged file would orphan every internal topic: change it only together with their format
    expect(plan.featureSet).toBe('78efd68f');
    expect(plan.topics.retentionMs).toBe(15 * 86_400_000);
  });

  it('has schemas that all its events fit, and values as the worked row states them', async () => {
    const byType = new Map(plan.events.map((event) => [event.type, event]));
    const misfits: string[] = [];
    let worked: unknown;
    for await (const { type, payload } of events()) {
      const misfit = byType.get(type)?.violation(payload);
      if (misfit !== null) misfits.push(`${type}: ${misfit}`);
      if (type === 'departure_due' && payload['id'] === '2013-11-12-MQ-3572-LGA')
        worked = plan.vector.flatMap((feature) =>
          feature.kind === 'value' ? [feature.expression.evaluate(payload)] : [],
        );
    }
    expect(misfits).toEqual([]);
    expect(worked).toEqual([expect.closeTo(11.9833333333, 9), 1, 419, 'MQ', 'LGA']);
  }, 30_000);

  it('has topics with what their readers need', () => {
    const specs = new Map(topicSpecs(plan).map((spec) => [spec.topic, spec]));
    expect([...specs.values()].filter(({ partitions }) => partitions === 1).map(({ topic }) => topic)).toEqual([
      plan.names.counts,
      plan.names.alerts,
      plan.names.ledger,
      plan.names.control,
      plan.names.decisions,
    ]);
    expect(specs.get(plan.names.events)?.config).toMatchObject({ 'message.timestamp.type': 'CreateTime' });
    expect(specs.get(plan.names.features)?.config).toMatchObject({
      'message.timestamp.type': 'LogAppendTime',
      'cleanup.policy': 'delete',
      'retention.ms': '1296000000',
    });
    expect(specs.get(plan.names.ledger)?.config).toMatchObject({ 'cleanup.policy': 'compact' });
    expect(specs.get(plan.names.decisions)?.config).toMatchObject({ 'retention.ms': '-1' });
    const room = (name: string): number => Number(specs.get(name)?.config['max.message.bytes']);
    expect(room(plan.names.dlq) - room(plan.names.events)).toBe(64 * 1024);
    expect(room(plan.names.events)).toBeGreaterThan(2_000_000);
    expect(
      [...Object.values(plan.names), ...plan.stages.map((stage) => stage.topic)].filter((name) => !specs.has(name)),
    ).toEqual([]);
  });

  it('is explained: topics, stages, vector, state', () => {
    const explained = explainPlan(plan, { rate: 100 });
    expect(explained.vector[14]).toEqual({
      index: 14,
      name: 'origin_carrier_delay_mean_3h',
      from: 'mean of dep_delay over 3h of departed by origin, carrier',
    });
    // 25 arrivals a second for 14 days and 10 minutes
    expect(explained.state.stages[4]?.records).toBe(25 * (14 * 86_400 + 600));
    expect(formatExplanation(explained)).toContain(
      'by tailnum          assembles vectors  longest window 1d: tail_last_arr_delay, tail_since_arrival_s',
    );
  });
});
