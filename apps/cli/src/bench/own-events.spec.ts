import { parsePipeline, pseudonymUnder } from '@millrace/pipeline';
import { headerText } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import type { EventLine } from '../events/event-line.ts';
import { OwnEvents } from './own-events.ts';

const PIPELINE = (id: string): string => `
apiVersion: millrace/v1
name: rides
events:
  asked: { schema: asked.json, id: ${id}, time: at }
  paid: { schema: paid.json, id: receipt, time: at }
predict: { on: asked, key: rider, model: fare }
features: [{ name: one, value: "1.0" }]
outcome: { from: paid, id: ride, label: "1.0", within: 1h }
`;
const SCHEMAS: Readonly<Record<string, object>> = {
  'asked.json': { id: { type: ['string', 'integer'] }, short: { type: 'string', maxLength: 4 }, at: {}, rider: {} },
  'paid.json': { receipt: { type: 'string' }, ride: { type: ['string', 'integer'] }, at: {}, rider: {} },
};
const NOW = 1_700_000_000_500;
const KEY = 'a secret for these tests that is long enough';

async function ownEvents(id = 'id', run = 'run', pseudonyms = ''): Promise<OwnEvents> {
  const read = async (path: string): Promise<string> =>
    JSON.stringify({ type: 'object', properties: SCHEMAS[path.split('/').at(-1) ?? ''] });
  const text = PIPELINE(id).replace('events:\n', `events:\n  pseudonyms: [${pseudonyms}]\n`);
  const plan = await parsePipeline(text, { file: 'rides.yaml', folder: '/nowhere', read, pseudonymKey: KEY });
  return new OwnEvents(plan, 4, run, NOW);
}

const asked = (payload: EventLine['payload']): EventLine => ({ type: 'asked', payload, line: 3 });
const paid = (ride: unknown): EventLine => ({ type: 'paid', payload: { receipt: 'p', ride, at: 'x' }, line: 4 });
const fields = ({ record }: { readonly record: { readonly value: unknown } }): Record<string, unknown> =>
  JSON.parse(String(record.value)) as Record<string, unknown>;

describe('OwnEvents', () => {
  it.each([['r1'], [17]])('lets an outcome still join its request, whose id was %j', async (id) => {
    const own = await ownEvents();
    const request = own.of(asked({ id, at: 1 }), NOW);
    const outcome = fields(own.of(paid(id), NOW));
    expect(request.id).not.toBe(String(id));
    expect(String(outcome['ride'])).toBe(request.id);
    expect(typeof outcome['ride']).toBe(typeof id);
    own.nextLoop();
    expect(own.of(asked({ id, at: 1 }), NOW).id).not.toBe(request.id);
  });

  it('knows a request by the pseudonym of its id, which its header has, where ids have some', async () => {
    const { record, id } = (await ownEvents('id', 'run', 'id, ride')).of(asked({ id: 'r1', at: 1 }), NOW);
    expect(id).toBe(pseudonymUnder(KEY, 'rides')(String(fields({ record })['id'])));
    expect(headerText(record.headers ?? [], 'ce_id')).toBe(id);
  });

  it('stamps in the form that the file has', async () => {
    const own = await ownEvents();
    expect(fields(own.of(asked({ id: 'r', at: 1 }), NOW))['at']).toBe(NOW);
    expect(fields(own.of(asked({ id: 'r', at: '2013-01-01T00:00:00Z' }), NOW))['at']).toBe('2023-11-14T22:13:20.500Z');
  });

  it('gives those without an id in the payload one in the header, with time and type', async () => {
    const { record, id } = (await ownEvents('ce_id')).of(asked({ at: 1 }), NOW);
    const header = (name: string) => headerText(record.headers ?? [], name);
    expect([header('ce_id'), header('ce_type'), header('ce_time')]).toEqual([id, 'asked', '2023-11-14T22:13:20.500Z']);
  });

  it('refuses what its schema would not take under another id, and not what was bad before', async () => {
    const own = await ownEvents('short');
    expect(() => own.of(asked({ short: 'ab', at: 1 }), NOW)).toThrow(/does not allow an id and a time of this run/);
    expect(() => own.of(asked({ short: 'too long before', at: 1 }), NOW)).not.toThrow();
  });
});
