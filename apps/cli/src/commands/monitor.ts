import { readFile } from 'node:fs/promises';

import { AppError, seededRandom } from '@millrace/core';
import { parseProfile, selfTest, type PlantedResult, type SelfTestReport } from '@millrace/drift';
import { openRegistry } from '@millrace/inference';
import { parseDuration } from '@millrace/pipeline';
import { InvalidArgumentError, Option, type Command } from 'commander';

import { note, printJson, printLine, type CliContext } from '../context.ts';
import { eventTime } from '../event-time.ts';
import { REPORT_FORMATS, writeReport, type ReportFlags } from '../monitor/report/write-report.ts';
import { acknowledge, silence, type NoteFlags, type SilenceFlags } from '../monitor/say-note.ts';
import { showStatus } from '../monitor/show-status.ts';
import { showSkew, type SkewFlags } from '../monitor/skew/show-skew.ts';
import { splitPipeline } from '../pipeline-argument.ts';
import { storeOptions } from '../store-options.ts';
import { withLog } from '../topics/with-log.ts';

const PIPELINE = 'pipeline file (default: ./pipeline.yaml)';
const WORDS_ID = '[PIPELINE] ID: a pipeline file (default: ./pipeline.yaml), and an incident as status names it';
const BY = 'who says it (default: the user of this machine)';

interface SelfTestOptions {
  readonly rows?: number;
  readonly windows: number;
  readonly trials: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `millrace monitor self-test|status|acknowledge|silence|report|skew` */
export function register(program: Command, context: CliContext): void {
  const monitor = program.command('monitor').description('windows, incidents, how often the detector is wrong');
  registerSelfTest(monitor, context);
  registerStatus(monitor, context);
  registerAcknowledge(monitor, context);
  registerSilence(monitor, context);
  registerReport(monitor, context);
  registerSkew(monitor, context);
}

function registerSelfTest(monitor: Command, context: CliContext): void {
  monitor
    .command('self-test')
    .description("measures the detector on windows drawn from the model's own profile: false incidents, and delays")
    .argument('[PIPELINE]', PIPELINE)
    .option('--rows <n>', 'rows of a window (default: monitor.window.rows, else min_rows)', positive)
    .option('--windows <n>', 'unchanged windows', positive, 2000)
    .option('--trials <n>', 'times that each change is planted', positive, 20)
    .option('--seed <n>', 'of the random numbers', positive, 1)
    .option('--json', 'as JSON')
    .action((pipeline: string | undefined, options: SelfTestOptions) => measure(pipeline, options, context));
}

function registerStatus(monitor: Command, context: CliContext): void {
  monitor
    .command('status')
    .description('windows, how the signals stand, open incidents, silences')
    .argument('[PIPELINE]', PIPELINE)
    .option('--json', 'as JSON')
    .action(async (pipeline: string | undefined, { json }: { readonly json?: boolean }) => {
      const plan = await context.loadPlan(pipeline);
      await withLog(context, (log) => showStatus(log, plan, json === true, context));
    });
}

function registerAcknowledge(monitor: Command, context: CliContext): void {
  monitor
    .command('acknowledge')
    .description('somebody knows of an incident: it is not reminded of any more')
    .argument('<words...>', WORDS_ID)
    .usage('[options] [PIPELINE] ID')
    .option('--by <name>', BY)
    .option('--json', 'as JSON')
    .action(async (words: readonly string[], flags: NoteFlags) => {
      const { pipeline, id } = oneOf(words, 'ID');
      const plan = await context.loadPlan(pipeline);
      await withLog(context, (log) => acknowledge(log, plan, id, flags, context));
    });
}

function registerSilence(monitor: Command, context: CliContext): void {
  monitor
    .command('silence')
    .description('nobody is told of a signal for a while: its alerts are in the topic alone')
    .argument(
      '<words...>',
      '[PIPELINE] SIGNAL: a pipeline file (default: ./pipeline.yaml), and a signal as status --json names it',
    )
    .usage('[options] [PIPELINE] SIGNAL --for DURATION')
    .requiredOption(
      '--for <duration>',
      'of event time, from how far the monitor has come: 2h, 7d; 0s ends a silence',
      duration,
    )
    .option('--by <name>', BY)
    .option('--json', 'as JSON')
    .action(async (words: readonly string[], flags: SilenceFlags) => {
      const { pipeline, id } = oneOf(words, 'SIGNAL');
      const plan = await context.loadPlan(pipeline);
      await withLog(context, (log) => silence(log, plan, id, flags, context));
    });
}

function registerReport(monitor: Command, context: CliContext): void {
  monitor
    .command('report')
    .description('the draft of a post-mortem: timeline, evidence with plots, affected predictions, where to look')
    .argument('<words...>', WORDS_ID)
    .usage('[options] [PIPELINE] ID')
    .addOption(
      new Option('--format <format>', 'default: html where the file of --out is named so, else md').choices(
        REPORT_FORMATS,
      ),
    )
    .option('--out <file>', 'default: to stdout')
    .option('--affected <n>', 'affected predictions that are named', positive, 20)
    .action(async (words: readonly string[], flags: ReportFlags) => {
      const { pipeline, id } = oneOf(words, 'ID');
      const plan = await context.loadPlan(pipeline);
      await withLog(context, (log) => writeReport(log, plan, id, flags, context));
    });
}

function registerSkew(monitor: Command, context: CliContext): void {
  monitor
    .command('skew')
    .description('computes the vectors of a sample of predictions again, from the recorded events, and compares')
    .argument('[PIPELINE]', PIPELINE)
    .option('--share <share>', 'of all predictions, by a hash of their id', share, 0.01)
    .option('--from <time>', 'predictions from this event time on (RFC 3339 or epoch ms)', eventTime)
    .option('--to <time>', 'predictions before this event time', eventTime)
    .option('--allow <share>', 'of the compared vectors that may differ', share, 0)
    .option('--json', 'as JSON')
    .action(async (pipeline: string | undefined, flags: SkewFlags) => {
      const plan = await context.loadPlan(pipeline);
      await withLog(context, (log) => showSkew(log, plan, flags, context));
    });
}

/** @throws AppError `WRONG_USE` */
function oneOf(words: readonly string[], name: string): { readonly pipeline: string | undefined; readonly id: string } {
  const { pipeline, rest } = splitPipeline(words, [name]);
  const [id = '', ...more] = rest;
  if (more.length > 0) throw new AppError('WRONG_USE', `found ${more.join(' ')} behind ${name}; one is allowed.`);
  return { pipeline, id };
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
    medianWindows === null
      ? ''
      : `, after ${medianWindows} ${medianWindows === 1 ? 'window' : 'windows'} (median), named right ${namedRight} times`;
  return `${title}: found ${found} times of ${trials}${delay}`;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Allowed is a whole number above 0.');
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Allowed is a number from 0 to 1.');
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError('Allowed is a duration such as 30m, 2h or 7d.');
}
