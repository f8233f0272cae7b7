/** A process of its own that runs the real engine on a real broker, and says over IPC where it is. Started by `WorkerProcess`. */
import { isAppError, messageOf } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { partitionKey, type InboundRecord } from '@millrace/records';
import { StageRunner, type RunnerObserver } from '@millrace/stream';

import { AnnouncingLog } from './announcing-log.ts';
import { JumpingClock } from './jumping-clock.ts';
import { RunningTotalsStage } from './running-totals-stage.ts';
import type { WorkerCommand, WorkerOptions } from './worker-options.ts';
import type { WorkerReport } from './worker-report.ts';

const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions;
const clock = new JumpingClock();
let hurrying = false;

const report = (said: WorkerReport): void => void process.send?.(said);
const partitionsOf = (records: readonly InboundRecord[]): readonly string[] => [...new Set(records.map(partitionKey))];
const codeOf = (error: unknown): string => (isAppError(error) ? error.code : 'UNFORESEEN');

const observer: RunnerObserver = {
  assigned: (partitions) => report({ is: 'assigned', partitions }),
  restored: (task, records) => report({ is: 'restored', task, records }),
  taken: (records) => report({ is: 'taken', records: records.length, partitions: partitionsOf(records) }),
  committed: (records) => report({ is: 'committed', records: records.length, partitions: partitionsOf(records) }),
  abandoned: (records) => report({ is: 'abandoned', records: records.length }),
  failed: (error, action) => report({ is: 'failed', code: codeOf(error), action, message: messageOf(error) }),
};

const kafka = new KafkaLog({ brokers: options.brokers, clientId: options.name, clock });
const log = new AnnouncingLog(kafka, async () => {
  report({ is: 'committing' });
  if (options.dwellMs > 0 && !hurrying) await clock.sleep(options.dwellMs);
});
const stage = new RunningTotalsStage(options, 'x'.repeat(options.paddingBytes), () =>
  options.handlerMs > 0 && !hurrying ? clock.sleep(options.handlerMs) : null,
);
const runner = new StageRunner({
  stage,
  log,
  clock,
  observer,
  groupId: options.groupId,
  transactionalId: options.transactionalId,
  ...(options.instanceId === undefined ? {} : { instanceId: options.instanceId }),
  dlq: { topic: options.dlq, partitions: options.partitions },
  sessionTimeoutMs: options.sessionTimeoutMs,
  transactionTimeoutMs: options.transactionTimeoutMs,
  limits: { batchRecords: options.batchRecords },
});

function obey(command: WorkerCommand): void {
  if (command.do === 'hurry') hurrying = true;
  else clock.jump(command.ms);
}

const orphaned = (): never => process.exit(1);
process.on('message', obey);
process.on('disconnect', orphaned);
process.on('SIGTERM', () => {
  report({ is: 'stopping' });
  void runner.stop();
});
let code: string | null = null;
try {
  await runner.run();
} catch (error) {
  code = codeOf(error);
  process.exitCode = 1;
}
report({ is: 'ended', code });
await log.close();
process.off('disconnect', orphaned);
process.disconnect();
