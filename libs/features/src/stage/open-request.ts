import type { PartError, RecordTrace, StageRequest } from '@millrace/records';

/** A request that has not been answered yet. Nothing computed is kept: windows are asked in the step that answers. */
export interface OpenRequest {
  readonly request: StageRequest;
  /** The stage's key; null: empty windows. */
  readonly key: string | null;
  /** Offset in the stage's topic. */
  readonly offset: number;
  /** Broker time of its record, epoch milliseconds. */
  readonly timestamp: number;
  /** Of the request's own record, where its trace is sampled. */
  readonly trace: RecordTrace | undefined;
  /** Its promise has not reached its time yet. */
  waiting: boolean;
  /** The other stages' answers, by stage. The assembler's requests alone. */
  readonly parts: Map<number, ReceivedPart>;
}

export interface ReceivedPart {
  readonly values: Float64Array | null;
  readonly late: boolean;
  readonly error: PartError | null;
}
