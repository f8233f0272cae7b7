import { AppError } from '@millrace/core';
import { measureDisorder, offlineFeatures, type FeatureRow } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';

import { note, type CliContext } from '../context.ts';
import { readEvents } from '../events/read-events.ts';
import { splitPipeline } from '../pipeline-argument.ts';
import type { Cell } from '../rows/column.ts';
import type { RowEncoding } from '../rows/row-encoding.ts';
import { writeRows } from '../rows/write-rows.ts';
import { OfflineProgress } from './offline-progress.ts';

/** One run over a file of events: its feature vectors, what became of them, and how far it is. */
export class OfflineJob {
  readonly plan: Plan;
  readonly #file: string;
  readonly #context: CliContext;
  readonly #progress: OfflineProgress;
  readonly #rejected = new Map<string, number>();

  /**
   * @param words `[PIPELINE] EVENTS`
   * @throws AppError `WRONG_USE`, and what loading the pipeline throws
   */
  static async open(words: readonly string[], context: CliContext): Promise<OfflineJob> {
    const { pipeline, rest } = splitPipeline(words, ['EVENTS']);
    const [file, ...more] = rest as [string, ...string[]];
    if (more.length > 0)
      throw new AppError('WRONG_USE', `found ${more.join(' ')} behind the file of events; one file is read.`);
    return new OfflineJob(await context.loadPlan(pipeline), file, context);
  }

  private constructor(plan: Plan, file: string, context: CliContext) {
    this.plan = plan;
    this.#file = file;
    this.#context = context;
    this.#progress = new OfflineProgress(context);
  }

  /** Reads the file twice: once for how far its events are out of order, once for their features. */
  async *vectors(): AsyncGenerator<FeatureRow> {
    const { plan } = this;
    const read = (what: string) => this.#progress.events(readEvents(this.#file, plan), what);
    const disorderMs = await measureDisorder(plan, read('looking at the order'));
    yield* offlineFeatures(plan, read('computing'), { disorderMs, onRejected: this.reject });
  }

  /** Leaves out what a stream would make a dead letter. */
  readonly reject = ({ code }: AppError): void => {
    this.#rejected.set(code, (this.#rejected.get(code) ?? 0) + 1);
  };

  /** Writes the rows, and says how many, and what was left out. */
  async write(out: string, encode: RowEncoding, rows: AsyncIterable<readonly Cell[]>): Promise<void> {
    const written = await this.#written(out, encode, rows);
    note(this.#context, `${written} rows written to ${out}`);
    for (const [code, count] of this.#rejected)
      note(this.#context, `${count} events left out, dead letters in a stream: ${code}`);
  }

  async #written(out: string, encode: RowEncoding, rows: AsyncIterable<readonly Cell[]>): Promise<number> {
    try {
      return await writeRows(out, encode, this.#progress.rows(rows), this.#context.signal);
    } finally {
      this.#progress.end();
    }
  }
}
