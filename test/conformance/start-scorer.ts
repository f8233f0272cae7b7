import { findLog } from '../../scripts/log/find-log.mjs';
import { deleteTopics } from '../e2e/delete-topics.ts';
import { MillraceProcess } from '../e2e/millrace-process.ts';
import { makeScratchPipeline, removeScratchPipeline } from '../e2e/scratch-pipeline.ts';
import { addSimpleModel } from '../e2e/simple-model.ts';

export interface StartedScorer {
  readonly url: string;
  /** `host:port` */
  readonly grpc: string;
  readonly model: string;
  readonly stop: () => Promise<void>;
}

/** What is asked of a scorer that the suite starts: the pipeline's model, and one of several inputs and outputs. */
export const OWN_MODELS = ['arrival-delay', 'simple'] as const;

/** A scorer with the flights example's model and Triton's `simple`, on the Kafka that `npm test` has started, else on one of its own. */
export async function startScorer(model: (typeof OWN_MODELS)[number]): Promise<StartedScorer> {
  const given = process.env['MILLRACE_TEST_BROKERS'];
  const log = given === undefined ? await findLog({ say: (line: string) => console.log(line) }) : null;
  const brokers = given ?? (log as { brokers: string }).brokers;
  const pipeline = await makeScratchPipeline();
  await addSimpleModel(pipeline);
  const args = [pipeline.file, '--only', 'scorer', '--http', '0', '--grpc', '0'];
  const millrace = await MillraceProcess.up(args, { KAFKA_BROKERS: brokers });
  const url = millrace.urls['scorer'] ?? '';
  await fetch(`${url}/v2/repository/models/${model}/load`, { method: 'POST' });
  return {
    url,
    grpc: millrace.grpcHost,
    model,
    stop: async () => {
      await millrace.stop();
      await deleteTopics(`${pipeline.name}.`, brokers);
      await removeScratchPipeline(pipeline);
      await log?.stop();
    },
  };
}
