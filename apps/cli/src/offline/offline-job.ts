import { AppError } from '@millrace/core';
import {
  EventsOutOfOrder,
  measureDisorder,
  offlineFeatures,
  type FeatureRow,
  type OfflineOptions,
} from '@millrace/features';
import { PSEUDONYM_KEY, type Plan } from '@millrace/pipeline';

import { note, type CliContext } from '../context.ts';
import type { EventLine } from '../events/event-line.ts';
import { readEventBatches } from '../events/read-events.ts';
import type { Reading } from '../events/reading.ts';
import { DEFAULT_PIPELINE, splitPipeline } from '../pipeline-argument.ts';
import type { Cell } from '../rows/column.ts';
import { assertOutput } from '../rows/output-file.ts';
import type { RowEncoding } from '../rows/row-encoding.ts';
import { writeRows } from '../rows/write-rows.ts';
import { LeftOut } from './left-out.ts';
import { OfflineProgress } from './offline-progress.ts';
import { secondPartFrom } from './second-part-from.ts';
import { SecondPart } from './second-part.ts';

/** What is written of each feature vector. */
type RowsOf = (vectors: AsyncIterable<FeatureRow>) => AsyncIterable<readonly Cell[]>;

/** How a run over the first part of a file knows where it ends. */
type FirstPart = Pick<Reading, 'onRead'> & Pick<OfflineOptions<EventLine>, 'isEnd'>;

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
    const from = await secondPartFrom(this.#file);
    const vectors = (disorderMs: number): AsyncGenerator<FeatureRow> =>
      from === null ? this.#vectors(disorderMs) : this.#inTwoParts(disorderMs, from, `${out}.second`);
    const write = (disorderMs: number): Promise<number> =>
      writeRows(out, encode, this.#progress.rows(rowsOf(vectors(disorderMs))), this.#context.signal);
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

  #vectors(disorderMs: number, { onRead, isEnd }: FirstPart = {}): AsyncGenerator<FeatureRow> {
    const onRejected = (error: AppError, { line }: EventLine): void => this.#leftOut.add(error, line);
    return offlineFeatures(this.plan, this.#events('computing', { onRead }), { disorderMs, onRejected, isEnd });
  }

  /** The first part of the file, and then the second one, which a thread computes meanwhile. */
  async *#inTwoParts(disorderMs: number, from: number, spill: string): AsyncGenerator<FeatureRow> {
    const { featureSet } = this.plan;
    const pseudonymKey = this.#context.environment()[PSEUDONYM_KEY];
    const setup = { pipeline: this.#pipeline, pseudonymKey, featureSet, file: this.#file, disorderMs, from, spill };
    const second = await SecondPart.start(setup);
    let end = Infinity;
    // asked early enough: what is read is not all handed on, and the second part may begin as far before its share
    const onRead = async (share: number): Promise<void> => {
      if (share >= from / 2) end = (await second.begins()) ?? Infinity;
    };
    try {
      yield* this.#vectors(disorderMs, { onRead, isEnd: ({ line }) => line >= end });
      yield* second.rows(this.#leftOut, (count) => this.#progress.addEvents(count));
    } finally {
      await second.close();
    }
  }

  /** While rows are written, whoever writes them looks at the signal. */
  async *#untilInterrupted(out: string): AsyncGenerator<readonly EventLine[]> {
    for await (const events of this.#events('looking at the order')) {
      if (this.#context.signal.aborted) throw new AppError('INTERRUPTED', `${out} is not written.`);
      yield events;
    }
  }

  #events(what: string, reading?: Reading): AsyncIterable<readonly EventLine[]> {
    return this.#progress.events(this.#read(reading), what);
  }

  async *#read(reading?: Reading): AsyncGenerator<readonly EventLine[]> {
    for await (const events of readEventBatches(this.#file, this.plan, reading)) {
      this.#isEmpty &&= events.length === 0;
      yield events;
    }
  }
}
