import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url));
/** Nothing listens on port 1. */
const NOWHERE = { KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' };

async function up(args: readonly string[], environment: Record<string, string> = NOWHERE) {
  const context = recordedContext(environment);
  const code = await runProgram(['up', ...args], context);
  return { code, out: context.out(), err: context.err() };
}

describe('millrace up', () => {
  it.each([
    [['--only', 'scorr'], /"scorr" is no service; allowed are ingest, feature, scorer, monitor/],
    [['--http', '70000'], /a port is a number from 0 to 65531/],
    [['--http', 'x'], /a port is a number/],
    [['--instance', 'a b'], /letters, digits/],
    [['--from', 'yesterday'], /earliest, latest, or a time/],
    [['--grpc', '65536'], /a port is a number from 0 to 65535/],
  ])('ends with 2 for %j, saying what is allowed', async (args, message) => {
    const { code, out, err } = await up([FLIGHTS, ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it.each([
    ['a broker that is not there', [FLIGHTS], NOWHERE, /LOG_UNREACHABLE.*127\.0\.0\.1:1/],
    ['a setting that is not valid', [FLIGHTS], { ...NOWHERE, LOG_LEVEL: 'loud' }, /CONFIG_INVALID.*LOG_LEVEL/],
    ['a pipeline that is not there', ['/nowhere.yaml'], NOWHERE, /PIPELINE_NOT_FOUND/],
    [
      'a certificate that is not there',
      [FLIGHTS],
      { ...NOWHERE, KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA: '/nowhere.pem' },
      /CONFIG_INVALID.*KAFKA_SSL_CA: \/nowhere\.pem/,
    ],
  ])('ends with 1 and one line for %s', async (_, args, environment, message) => {
    const { code, out, err } = await up(args, environment);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
