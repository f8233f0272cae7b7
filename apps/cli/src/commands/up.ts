import { parseEventTime, type Plan } from '@millrace/pipeline';
import {
  openKafka,
  openLogs,
  PORTS_BEHIND,
  pruneTopics,
  readConfig,
  type RunningServices,
  runUntil,
  SERVICE_NAMES,
  type ServiceName,
} from '@millrace/platform';
import { startServices } from '@millrace/standalone';
import type { Log, StartFrom } from '@millrace/stream';
import { InvalidArgumentError, type Command } from 'commander';

import { note, printLine, type CliContext } from '../context.ts';

interface UpOptions {
  readonly only: readonly ServiceName[];
  readonly host: string;
  readonly http: number;
  readonly grpc?: number;
  readonly instance?: string;
  readonly from?: StartFrom;
  readonly leave?: boolean;
  readonly prune?: boolean;
}

const MOST_PORT = 65_535;
const DEFAULT_PORT = 8080;

/** `millrace up [PIPELINE]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('up')
    .description('runs services until SIGTERM or Ctrl-C')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .option('--only <services>', `some of ${SERVICE_NAMES.join(',')}`, services, SERVICE_NAMES)
    .option('--host <address>', 'where the doors are opened', '127.0.0.1')
    .option(
      '--http <port>',
      'ingest, feature, scorer, monitor take this port + 0, 1, 2, 3; 0: free ones',
      httpPort,
      DEFAULT_PORT,
    )
    .option('--grpc <port>', 'port of the gRPC door of the scorer (default: --http + 4); 0: a free one', grpcPort)
    .option(
      '--instance <id>',
      'a lasting name of this instance: it gets its partitions back after a restart',
      instanceId,
    )
    .option('--from <start>', 'earliest, latest or a time: where a group starts that has never committed', start)
    .option('--leave', 'gives the partitions back at the end, in spite of --instance')
    .option('--prune', 'deletes the internal topics of earlier feature sets, once the services are up')
    .action((pipeline: string | undefined, options: UpOptions) => up(pipeline, options, context));
}

async function up(pipeline: string | undefined, options: UpOptions, context: CliContext): Promise<void> {
  const { clock, signal } = context;
  const config = readConfig(context.environment());
  const plan = await context.loadPlan(pipeline);
  const log = await openKafka(config.kafka, 'millrace', clock);
  const { only, host, http: port, grpc, instance, from, leave, prune } = options;
  try {
    const services = await startServices({
      plan,
      log,
      clock,
      config,
      only,
      host,
      signal,
      httpPort: port,
      logs: openLogs(config.logLevel),
      ...(grpc !== undefined && { grpcPort: grpc }),
      ...(instance !== undefined && { instanceId: instance }),
      ...(from !== undefined && { from }),
      ...(leave !== undefined && { leave }),
    });
    if (prune === true) await pruneOrStop(services, plan, log, context);
    await runUntil(signal, services, (line) => printLine(context, line));
  } finally {
    await log.close();
  }
}

async function pruneOrStop(services: RunningServices, plan: Plan, log: Log, context: CliContext): Promise<void> {
  try {
    for (const topic of await pruneTopics(plan, log)) note(context, `deleted ${topic}`);
  } catch (error) {
    await services.stop();
    throw error;
  }
}

function services(text: string): readonly ServiceName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !SERVICE_NAMES.includes(name as ServiceName));
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `"${unknown}" is no service; allowed are ${SERVICE_NAMES.join(', ')}, separated by commas.`,
    );
  return names as ServiceName[];
}

/** Others follow from it. */
function httpPort(text: string): number {
  return portUpTo(text, MOST_PORT - PORTS_BEHIND);
}

function grpcPort(text: string): number {
  return portUpTo(text, MOST_PORT);
}

function portUpTo(text: string, most: number): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= most) return port;
  throw new InvalidArgumentError(`a port is a number from 0 to ${most}.`);
}

function instanceId(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError('letters, digits, ".", "_" and "-" are allowed.');
}

function start(text: string): StartFrom {
  if (text === 'earliest' || text === 'latest') return text;
  const time = parseEventTime(/^\d+$/.test(text) ? Number(text) : text);
  if (time !== null) return time;
  throw new InvalidArgumentError(
    'allowed are earliest, latest, or a time such as 2026-01-01T00:00:00Z or epoch milliseconds.',
  );
}
