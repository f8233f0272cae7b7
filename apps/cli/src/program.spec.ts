import { VERSION } from '@millrace/core';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { addConnectionFlags, connectionVariables } from './connection-flags.ts';
import { runProgram } from './program.ts';
import { recordedContext } from './testing/recorded-context.ts';

describe('the command line', () => {
  it.each([
    [['nonsense']],
    [['check', '--nonsense']],
    [['check', 'a', 'b']],
    [['check', '--rate', 'fast']],
    [['bench', '--rate', '0']],
    [['bench', '--duration', '5']],
    [[]],
    [['check', '--rate']],
  ])('ends with 2 for wrong use: %j', async (args) => {
    const context = recordedContext();
    expect(await runProgram(args, context)).toBe(2);
    expect([context.out(), context.err() === '']).toEqual(['', false]);
  });

  it('ends with 1 and a message, no stack trace, where there is no pipeline file', async () => {
    const context = recordedContext();
    expect(await runProgram(['check', '/nowhere/pipeline.yaml'], context)).toBe(1);
    expect(context.err()).toMatch(
      /^millrace: There is no pipeline file \(PIPELINE_NOT_FOUND\): \/nowhere\/pipeline\.yaml: .*\n$/,
    );
  });

  it('prints help to stdout and ends with 0', async () => {
    const context = recordedContext();
    expect(await runProgram(['--help'], context)).toBe(0);
    expect(context.out()).toContain('check [options] [PIPELINE]');
  });

  it('prints its version, and leaves that of a model to the command', async () => {
    const context = recordedContext();
    expect(await runProgram(['--version'], context)).toBe(0);
    expect(context.out()).toBe(`${VERSION}\n`);
    const other = recordedContext();
    expect(
      await runProgram(['--kafka-brokers', '127.0.0.1:1', 'model', 'add', 'm', 'none.onnx', '--version', '9'], other),
    ).toBe(1);
    expect(other.out()).toBe('');
  });

  it('suggests the nearest command', async () => {
    const context = recordedContext();
    await runProgram(['chek'], context);
    expect(context.err()).toContain('Did you mean check?');
  });
});

describe('connection flags', () => {
  it('stand for environment variables, before and behind the command', async () => {
    const program = new Command().exitOverride();
    addConnectionFlags(program);
    program.command('x').action(() => undefined);
    await program.parseAsync(['--kafka-brokers', 'a:1', 'x', '--kafka-sasl-username', 'me'], { from: 'user' });
    expect(connectionVariables(program)).toEqual({ KAFKA_BROKERS: 'a:1', KAFKA_SASL_USERNAME: 'me' });
  });
});
