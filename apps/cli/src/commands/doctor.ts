import { tmpdir } from 'node:os';

import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { SERVICE_NAMES } from '@millrace/platform';
import type { Log } from '@millrace/stream';
import type { Command } from 'commander';

import { printJson, printLine, type CliContext } from '../context.ts';
import {
  checkBroker,
  checkReplicas,
  checkRights,
  checkServices,
  checkTopics,
  checkTransactions,
} from '../doctor/check-log.ts';
import { checkDisk, checkModel } from '../doctor/check-model.ts';
import { finding, unknown, type Finding, type Said } from '../doctor/finding.ts';
import { probe } from '../doctor/probe.ts';
import { storeOptions } from '../store-options.ts';
import { withLog } from '../topics/with-log.ts';

interface DoctorOptions {
  readonly json?: boolean;
  readonly probe?: string;
}

/** `millrace doctor [PIPELINE]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('checks model, disk, broker, topics, rights, transactions, clock and services, and says what to do')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--probe <file>', 'an event that asks for a prediction, one JSON object: sent once, under an id of its own')
    .option('--json', 'as JSON')
    .action((pipeline: string | undefined, options: DoctorOptions) => doctor(pipeline, options, context));
}

/** @throws AppError `CHECK_FAILED` where a check failed; warnings are none */
async function doctor(pipeline: string | undefined, options: DoctorOptions, context: CliContext): Promise<void> {
  const plan = await context.loadPlan(pipeline);
  const findings = [
    await finding('model', () => checkModel(plan, storeOptions(context), context.clock)),
    await finding('disk', () => checkDisk(tmpdir())),
    ...(await withLog(context, (log) => onLog(plan, log, options, context))),
  ];
  if (options.json === true) printJson(context, findings);
  else
    for (const { check, state, text } of findings) printLine(context, `${state.padEnd(8)} ${check.padEnd(12)} ${text}`);
  const failed = findings.filter(({ state }) => state === 'failed').map(({ check }) => check);
  if (failed.length > 0) throw new AppError('CHECK_FAILED', `failed: ${failed.join(', ')}.`);
}

/** Without a broker nothing else can be looked at. */
async function onLog(plan: Plan, log: Log, options: DoctorOptions, { clock }: CliContext): Promise<readonly Finding[]> {
  const admin = log.admin();
  try {
    const broker = await finding('broker', () => checkBroker(log, admin));
    if (broker.state === 'failed') return [broker];
    const topics = await finding('topics', () => checkTopics(plan, admin));
    const later = async (): Promise<Said> => unknown('once the topics are there, and right');
    return [
      broker,
      topics,
      await finding('replicas', () => checkReplicas(plan, admin)),
      await finding('rights', () => checkRights(plan, admin, SERVICE_NAMES)),
      await finding('transactions', topics.state === 'ok' ? () => checkTransactions(plan, log, clock) : later),
      await finding('services', () => checkServices(plan, admin)),
      await finding('probe', async () =>
        options.probe === undefined
          ? unknown('no event was sent: --probe FILE names one')
          : probe(plan, log, clock, options.probe),
      ),
    ];
  } finally {
    await admin.close();
  }
}
