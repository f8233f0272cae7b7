import { expect, it } from 'vitest';

import { joinKey } from './join-key.ts';
import { objectSchema, testPlan } from './testing/index.ts';

const SCHEMAS = { 'e.json': objectSchema({ id: 'string', at: 'string', user: 'string', place: 'string' }) };

async function keyWith(pseudonyms: string): Promise<string> {
  return joinKey(
    await testPlan(
      `apiVersion: millrace/v1\nname: s\nevents: { e: { schema: e.json, id: id, time: at }, pseudonyms: [${pseudonyms}] }\npredict: { on: e, key: user, model: m }\nfeatures: [{ name: n, value: "1.0" }]\n`,
      SCHEMAS,
    ),
  );
}

it('joins by predict.key, and not where it or the id of requests has a pseudonym on one side alone', async () => {
  expect(await keyWith('')).toBe('user');
  expect(await keyWith('place')).toBe('user');
  const all = await Promise.all(['', 'user', 'id', 'id, user'].map(keyWith));
  expect(new Set(all).size).toBe(4);
  expect(await keyWith('user, id')).toBe(all[3]);
});
