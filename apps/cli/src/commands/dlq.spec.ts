import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const PIPELINE = fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url));

describe('millrace dlq', () => {
  it.each([
    [
      'list',
      'stag == "ingest"',
      /unknown field stag; allowed stage, code, reason, topic, type, key; did you mean stage\?/,
    ],
    ['replay', 'code == 1', /no such overload: string == int/],
    ['replay', 'code', /an expression of type string/],
  ])('%s refuses the condition %s in one line, before it asks any broker', async (command, where, why) => {
    const context = recordedContext({ KAFKA_BROKERS: '127.0.0.1:1' });
    expect(await runProgram(['dlq', command, PIPELINE, '--where', where], context)).toBe(2);
    expect(context.err()).toMatch(why);
    expect(context.err()).toMatch(/^millrace: Wrong use of the command \(WRONG_USE\): [^\n]*\n$/);
  });

  it('says in its help what a condition is over', async () => {
    const context = recordedContext();
    expect(await runProgram(['dlq', 'replay', '--help'], context)).toBe(0);
    expect(context.out().replaceAll(/\s+/g, ' ')).toContain('CEL over stage, code, reason, topic, type, key');
  });
});
