import { join } from 'node:path';

import { WatchedProcess } from '../watched-process.ts';

const JARS = '.kafka/libs';

export interface Loop {
  readonly brokers: string;
  readonly input: string;
  readonly output: string;
  readonly partitions: number;
  /** Of its group and its transactional id. */
  readonly group: string;
}

/** Starts a process that passes records from one topic to another. */
export type Start = (loop: Loop) => WatchedProcess;

/** Who is measured against whom. */
export const CONTENDERS = {
  'Millrace, exactly once': (loop) => passThrough(loop, {}),
  'Millrace, at least once': (loop) => passThrough(loop, { delivery: 'at_least_once' }),
  'Java client, 20,000 a poll': (loop) => javaLoop(loop, 20_000),
  'Java client, 500 a poll (default)': (loop) => javaLoop(loop, 500),
  'bare client, no transactions': ({ brokers, input, output, partitions }) =>
    new WatchedProcess([...profiled(), script('bare-client.process.ts'), brokers, input, output, String(partitions)]),
} as const satisfies Readonly<Record<string, Start>>;

export type Contender = keyof typeof CONTENDERS;

export interface PassThroughOptions {
  readonly delivery?: 'exactly_once' | 'at_least_once';
  readonly instance?: string;
  readonly rowsPerSecond?: number;
}

/** The engine in a process of its own. */
export function passThrough(loop: Omit<Loop, 'partitions'>, options: PassThroughOptions): WatchedProcess {
  const { delivery, instance, rowsPerSecond } = options;
  const flags: Readonly<Record<string, string | number | undefined>> = {
    '--brokers': loop.brokers,
    '--input': loop.input,
    '--output': loop.output,
    '--group': loop.group,
    '--delivery': delivery,
    '--instance': instance,
    '--rows-per-second': rowsPerSecond,
  };
  const given = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
  return new WatchedProcess([...profiled(), script('pass-through.process.ts'), ...given]);
}

function script(name: string): string {
  return join(import.meta.dirname, name);
}

/** `MILLRACE_TEST_CPU_PROF=FOLDER` leaves a CPU profile of each process of ours. */
function profiled(): readonly string[] {
  const folder = process.env['MILLRACE_TEST_CPU_PROF'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

/** Run from its source: Java compiles it as it starts. */
function javaLoop({ brokers, input, output, group }: Loop, pollRecords: number): WatchedProcess {
  const home = process.env['JAVA_HOME'];
  const args = [
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
    '-cp',
    join(JARS, '*'),
    script('TransactionalLoop.java'),
  ];
  return new WatchedProcess(
    [...args, brokers, input, output, group, String(pollRecords)],
    {},
    home === undefined ? 'java' : join(home, 'bin', 'java'),
  );
}
