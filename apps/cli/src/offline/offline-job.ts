import { AppError } from '@millrace/core';
import { EventsOutOfOrder, measureDisorder, offlineFeatures, type FeatureRow } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';

import { note, type CliContext } from '../context.ts';
import type { EventLine } from '../events/event-line.ts';
import { readEventBatches } from '../events/read-events.ts';
import { DEFAULT_PIPELINE, splitPipeline } from '../pipeline-argument.ts';
import type { Cell } from '../rows/column.ts';
import { assertOutput } from '../rows/output-file.ts';
import type { RowEncoding } from '../rows/row-encoding.ts';
import { writeRows } from '../rows/write-rows.ts';
import { LeftOut } from './left-out.ts';
import { OfflineProgress } from './offline-progress.ts';
import { stagesAside } from './stages-aside.ts';
import { withParts } from './with-parts.ts';

/** What is written of each feature vector. */
type RowsOf = (vectors: AsyncIterable<FeatureRow>) => AsyncIterable<readonly Cell[]>;

/** One run over a file of events: its feature vectors, what became of them, and how far it is. */
export class OfflineJob {
  readonly plan: Plan;
  readonly #pipeline: string;
  readonly #file: string;
  readonly #context: CliContext;
  readonly #progress: OfflineProgress;
  readonly #leftOut = new LeftOut();
  #isEmpty = true;

  /**
   * @param words `[PIPELINE] EVENTS`
   * @throws AppError `WRONG_USE`, and what loading the pipeline throws
   */
  static async open(words: readonly string[], context: CliContext): Promise<OfflineJob> {
    const { pipeline = DEFAULT_PIPELINE, rest } = splitPipeline(words, ['EVENTS']);
    const [file, ...more] = rest as [string, ...string[]];
    if (more.length > 0)
      throw new AppError('WRONG_USE', `found ${more.join(' ')} behind the file of events; one file is read.`);
    return new OfflineJob(await context.loadPlan(pipeline), pipeline, file, context);
  }

  private constructor(plan: Plan, pipeline: string, file: string, context: CliContext) {
    this.plan = plan;
    this.#pipeline = pipeline;
    this.#file = file;
    this.#context = context;
    this.#progress = new OfflineProgress(context);
  }

  /** Leaves out a row that a stream would make a dead letter. */
  readonly reject = (error: AppError): void => this.#leftOut.add(error);

  /** Writes the rows that are made of the feature vectors, and says how many, and what was left out. */
  async write(out: string, encode: RowEncoding, rowsOf: RowsOf): Promise<void> {
    await assertOutput(out, this.#file);
    const written = await this.#written(out, encode, rowsOf);
    note(this.#context, `${written} rows written to ${out}`);
    for (const line of this.#leftOut.notes()) note(this.#context, line);
    if (this.#isEmpty) note(this.#context, `${this.#file} has no events`);
  }

  /** Most files are in order, and read once. Another one is begun again, with what it takes to wait for its late events. */
  async #written(out: string, encode: RowEncoding, rowsOf: RowsOf): Promise<number> {
    const stages = await stagesAside(this.plan, this.#file);
    const write = (disorderMs: number): Promise<number> =>
      writeRows(out, encode, this.#progress.rows(rowsOf(this.#vectors(disorderMs, stages))), this.#context.signal);
    try {
      return await write(0);
    } catch (error) {
      if (!(error instanceof EventsOutOfOrder)) throw error;
      const disorderMs = await measureDisorder(this.plan, this.#untilInterrupted(out));
      this.#leftOut.clear();
      return await write(disorderMs);
    } finally {
      this.#progress.end();
    }
  }

  #vectors(disorderMs: number, stages: readonly number[]): AsyncGenerator<FeatureRow> {
    const isOwn = (stage: number): boolean => !stages.includes(stage);
    const onRejected = (error: AppError, { line }: EventLine): void => this.#leftOut.add(error, line);
    const rows = offlineFeatures(this.plan, this.#events('computing'), { disorderMs, onRejected, isOwn });
    const aside = { pipeline: this.#pipeline, file: this.#file, stages, disorderMs };
    return stages.length > 0 ? withParts(this.plan, rows, aside) : rows;
  }

  /** While rows are written, whoever writes them looks at the signal. */
  async *#untilInterrupted(out: string): AsyncGenerator<readonly EventLine[]> {
    for await (const events of this.#events('looking at the order')) {
      if (this.#context.signal.aborted) throw new AppError('INTERRUPTED', `${out} is not written.`);
      yield events;
    }
  }

  #events(what: string): AsyncIterable<readonly EventLine[]> {
    return this.#progress.events(this.#read(), what);
  }

  async *#read(): AsyncGenerator<readonly EventLine[]> {
    for await (const events of readEventBatches(this.#file, this.plan)) {
      this.#isEmpty &&= events.length === 0;
      yield events;
    }
  }
}
