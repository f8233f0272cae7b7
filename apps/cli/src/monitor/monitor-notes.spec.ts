import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { decodeCountsRecord } from '@millrace/records';
import { readTopic } from '@millrace/stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recordedContext } from '../testing/recorded-context.ts';
import { acknowledge, silence } from './say-note.ts';
import { showStatus } from './show-status.ts';

const PIPELINE = fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url));
const ID = '1/champion/2013-12-09T05:00:00Z/wind_speed';
const OPENED_AT = Date.parse('2013-12-09T05:00:00Z');
const HOUR = 3_600_000;

describe('what people see and say of incidents', () => {
  let plan: Plan;
  let log: MemoryLog;

  beforeEach(async () => {
    plan = await recordedContext().loadPlan(PIPELINE);
    log = new MemoryLog({ clock: new SystemClock() });
    await log.admin().create(topicSpecs(plan));
  });

  afterEach(() => log.close());

  /** A ledger with one open incident and one silence, and the alert of the incident. */
  async function monitored(acknowledged?: { by: string; at: number }): Promise<void> {
    const incident = {
      openedAt: OPENED_AT,
      onset: 0,
      alertedEffect: 0.3,
      alertedAt: 0,
      alerts: 1,
      ...(acknowledged && { acknowledged }),
    };
    const calm = { state: 'ok', logM: null, onset: null, exceeded: [], incident: null };
    const ledger = {
      progress: [[0, OPENED_AT + HOUR]],
      watches: [
        [
          '["1","champion"]',
          [
            ['wind_speed', { ...calm, state: 'open', incident }],
            ['distance', calm],
            ['hour_of_day', calm],
          ],
        ],
      ],
      silences: [{ signal: 'distance', by: 'ada', until: OPENED_AT + 3 * HOUR, forMs: 2 * HOUR }],
    };
    const alert = {
      id: ID,
      signal: 'wind_speed',
      version: '1',
      variant: 'champion',
      event: 'opened',
      severity: 'info',
      opened_at: '2013-12-09T05:00:00Z',
      effect: 0.33333,
      window: { end: '2013-12-09T05:00:00Z' },
    };
    await log.publisher().publish([
      { topic: plan.names.ledger, partition: 0, key: `monitor/${plan.featureSet}`, value: JSON.stringify(ledger) },
      { topic: plan.names.alerts, partition: 0, key: ID, value: JSON.stringify(alert) },
    ]);
  }

  async function notes(): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    const reading = {
      topic: plan.names.counts,
      from: 'beginning',
      until: 'end',
      signal: new AbortController().signal,
    } as const;
    for await (const { value } of readTopic(log, reading)) found.push(decodeCountsRecord(value as Buffer));
    return found;
  }

  it('status shows how the signals stand, open incidents and silences', async () => {
    await monitored({ by: 'bob', at: 0 });
    const context = recordedContext();
    await showStatus(log, plan, false, context);
    expect(context.out()).toBe(`flights arrival-delay: counted up to 2013-12-09T06:00:00Z
version 1 (champion): 1 open, 2 ok
1 open incident
  ${ID}  info  effect 0.333  acknowledged by bob
silenced: distance until 2013-12-09T08:00:00Z, by ada
`);
  });

  it.each([
    [null, 'reference is being learnt, 700 live rows so far'],
    [{ source: 'live' }, 'compared with 700 live rows'],
  ])('status says of a version without a profile how its reference stands: %j', async (profile, says) => {
    const ledger = { progress: [], watches: [['["7","champion"]', []]], live: [['7', { rows: 700, profile }]] };
    const key = `monitor/${plan.featureSet}`;
    await log.publisher().publish([{ topic: plan.names.ledger, partition: 0, key, value: JSON.stringify(ledger) }]);
    const [words, json] = [recordedContext(), recordedContext()];
    await showStatus(log, plan, false, words);
    await showStatus(log, plan, true, json);
    expect(words.out()).toContain(`version 7 (champion): ${says}\n`);
    const reference = { source: 'live', rows: 700, full: profile !== null };
    expect(JSON.parse(json.out())).toMatchObject({ streams: [{ version: '7', reference }] });
  });

  it('status says so where nothing is known, and gives it as JSON', async () => {
    const empty = recordedContext();
    await showStatus(log, plan, false, empty);
    expect(empty.out()).toBe('flights arrival-delay: nothing has been counted yet\nno open incidents\n');
    await monitored();
    const context = recordedContext();
    await showStatus(log, plan, true, context);
    expect(JSON.parse(context.out())).toMatchObject({
      pipeline: 'flights',
      as_of: '2013-12-09T06:00:00Z',
      streams: [{ version: '1', signals: [{ signal: 'wind_speed', state: 'open' }, {}, {}] }],
      open_incidents: [{ id: ID, acknowledged: null }],
      silences: [{ signal: 'distance', by: 'ada' }],
    });
  });

  it('acknowledge and silence say it where the monitor reads it', async () => {
    await monitored();
    const context = recordedContext();
    await acknowledge(log, plan, ID, { by: 'ada' }, context);
    await silence(log, plan, 'distance', { by: 'ada', for: 2 * HOUR }, context);
    expect(await notes()).toEqual([
      { kind: 'note', says: 'acknowledged', by: 'ada', at: expect.any(Number), incident: ID },
      { kind: 'note', says: 'silenced', by: 'ada', at: expect.any(Number), signal: 'distance', forMs: 2 * HOUR },
    ]);
    expect(context.out()).toMatch(/acknowledged by ada; no reminders.*\ndistance: silenced by ada/);
  });

  it('refuses an incident that is not there, and a signal that nobody watches, and says nothing to the monitor', async () => {
    await monitored();
    const context = recordedContext();
    await expect(acknowledge(log, plan, 'no', {}, context)).rejects.toMatchObject({ code: 'INCIDENT_NOT_FOUND' });
    await expect(silence(log, plan, 'wind', { for: 1 }, context)).rejects.toMatchObject({ code: 'SILENCE_INVALID' });
    expect(await notes()).toEqual([]);
  });
});
