import { HttpPublisher, type Fetch } from './http-publisher.ts';
import type { ReplayProgress, ReplaySettings } from './replay-options.ts';
import { ReplayRun } from './replay-run.ts';

export interface HttpReplayOptions extends ReplaySettings {
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly fetch?: Fetch;
}

/**
 * Sends events through ingest's HTTP door, in order. The door reaches no partition by itself, so nothing is promised,
 * and features may depend on how fast partitions are read.
 */
export async function replayOverHttp(
  options: HttpReplayOptions,
): Promise<ReplayProgress & { readonly refused: number }> {
  const publisher = new HttpPublisher(options);
  const progress = await new ReplayRun(options, { publisher, partitions: 1, promises: false }).run();
  return { ...progress, refused: publisher.refused };
}
