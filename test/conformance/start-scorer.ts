import { findLog } from '../../scripts/log/find-log.mjs';
import { deleteTopics } from '../e2e/delete-topics.ts';
import { MillraceProcess } from '../e2e/millrace-process.ts';
import { makeScratchPipeline, removeScratchPipeline } from '../e2e/scratch-pipeline.ts';

export interface StartedScorer {
  readonly url: string;
  /** `host:port` */
  readonly grpc: string;
  readonly model: string;
  readonly stop: () => Promise<void>;
}

/** A scorer with the flights example's model, on the Kafka that `npm test` has started, else on one of its own. */
export async function startScorer(): Promise<StartedScorer> {
  const given = process.env['MILLRACE_TEST_BROKERS'];
  const log = given === undefined ? await findLog({ say: (line: string) => console.log(line) }) : null;
  const brokers = given ?? (log as { brokers: string }).brokers;
  const pipeline = await makeScratchPipeline();
  const args = [pipeline.file, '--only', 'scorer', '--http', '0', '--grpc', '0'];
  const millrace = await MillraceProcess.up(args, { KAFKA_BROKERS: brokers });
  return {
    url: millrace.urls['scorer'] ?? '',
    grpc: millrace.grpcHost,
    model: 'arrival-delay',
    stop: async () => {
      await millrace.stop();
      await deleteTopics(`${pipeline.name}.`, brokers);
      await removeScratchPipeline(pipeline);
      await log?.stop();
    },
  };
}
