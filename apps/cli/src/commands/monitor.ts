import { readFile } from 'node:fs/promises';

import { AppError, seededRandom } from '@millrace/core';
import { parseProfile, selfTest, type PlantedResult, type SelfTestReport } from '@millrace/drift';
import { openRegistry } from '@millrace/inference';
import { InvalidArgumentError, type Command } from 'commander';

import { note, printJson, printLine, type CliContext } from '../context.ts';
import { storeOptions } from '../store-options.ts';

interface SelfTestOptions {
  readonly rows?: number;
  readonly windows: number;
  readonly trials: number;
  readonly seed: number;
  readonly json?: boolean;
}

const LATER = ['status', 'report', 'acknowledge', 'silence'];

/** `millrace monitor self-test [PIPELINE]`; the other commands on incidents come later. */
export function register(program: Command, context: CliContext): void {
  const monitor = program.command('monitor').description('windows, incidents, how often the detector is wrong');
  monitor
    .command('self-test')
    .description("measures the detector on windows drawn from the model's own profile: false incidents, and delays")
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--rows <n>', 'rows of a window (default: monitor.window.rows, else min_rows)', positive)
    .option('--windows <n>', 'unchanged windows', positive, 2000)
    .option('--trials <n>', 'times that each change is planted', positive, 20)
    .option('--seed <n>', 'of the random numbers', positive, 1)
    .option('--json', 'as JSON')
    .action((pipeline: string | undefined, options: SelfTestOptions) => measure(pipeline, options, context));
  for (const name of LATER) {
    monitor
      .command(name)
      .description('(not in this version)')
      .argument('[args...]')
      .allowUnknownOption()
      .action(() => {
        throw new AppError(
          'NOT_IN_THIS_VERSION',
          `millrace monitor ${name} comes later; millrace tail alerts shows incidents.`,
        );
      });
  }
}

async function measure(pipeline: string | undefined, options: SelfTestOptions, context: CliContext): Promise<void> {
  const { predict, models, monitor } = await context.loadPlan(pipeline);
  const { name, version, profileFile } = await openRegistry(models, storeOptions(context)).resolve(
    predict.model,
    predict.version,
  );
  if (profileFile === null) {
    throw new AppError(
      'PROFILE_INVALID',
      `${name} ${version} has no profile.json, and the self-test draws from it. Make it with \`millrace model profile ${name} --sample FILE\`.`,
    );
  }
  const profile = parseProfile(await readFile(profileFile, 'utf8'), profileFile);
  const rows = options.rows ?? monitor.window.rows ?? monitor.window.minRows;
  const { windows, trials, seed } = options;
  if (context.stderr.isTerminal) note(context, `drawing ${windows} windows of ${rows} rows from ${profileFile}`);
  const report = selfTest(profile, { ...monitor, rows, windows, trials }, seededRandom(seed));
  if (options.json === true) printJson(context, { model: name, version, seed, ...report });
  else printLine(context, [`${name} ${version}`, ...lines(report)].join('\n'));
}

function lines(report: SelfTestReport): readonly string[] {
  const { rows, windows, signals, falseIncidents, falsePer1000, falsePer1000AtMost, planted } = report;
  return [
    `${signals} signals, windows of ${rows} rows`,
    `unchanged: ${falseIncidents} false incidents in ${windows} windows, ${falsePer1000.toFixed(2)} per 1,000 ` +
      `(with 95 % confidence at most ${falsePer1000AtMost.toFixed(2)})`,
    ...planted.map(plantedLine),
  ];
}

function plantedLine({ change, trials, found, medianWindows, namedRight }: PlantedResult): string {
  const title =
    change.kind === 'shift' ? `shift of ${change.sd} sd` : `${Math.round(change.share * 100)} % ${change.kind}`;
  if (trials === 0) return `${title}: no signal can change so`;
  const delay =
    medianWindows === null ? '' : `, after ${medianWindows} windows (median), named right ${namedRight} times`;
  return `${title}: found ${found} times of ${trials}${delay}`;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Allowed is a whole number above 0.');
}
