import { ByteReader, ByteWriter, JournaledState } from '@millrace/core';
import type { ProgressRecord } from '@millrace/records';
import type { StateMarker, TaskState } from '@millrace/stream';

import { isLater, type Champion } from './models/champion.ts';
import type { StageModels } from './models/stage-models.ts';

/** Stands in a marker where no clock has come; no event time is so early. */
const NO_CLOCK = -(2 ** 51);

/** What a partition of the scorer remembers: how far its input has come, and which version is in force. */
export class ScorerState extends JournaledState implements TaskState {
  readonly #model: string;
  readonly #models: StageModels;
  #at: number | null = null;
  /** What was in force as of the latest commit, and each that came since. */
  #champions: readonly Champion[] = [];

  constructor(model: string, models: StageModels) {
    super();
    this.#model = model;
    this.#models = models;
  }

  /** In force for the next row. */
  get version(): string {
    return this.#champion.version;
  }

  /** All that its rows may need: what is not committed may be taken back. */
  get versions(): readonly string[] {
    return this.#champions.map(({ version }) => version);
  }

  /** Whether this is further than what was passed on before: a clock never goes back. */
  advance({ at }: ProgressRecord): boolean {
    const before = this.#at;
    if (before !== null && at <= before) return false;
    this.journal.record(() => {
      this.#at = before;
    });
    this.#at = at;
    return true;
  }

  /** Whether it is another switch than those that have been here; an earlier one comes too late. */
  switchTo(version: string, number: number): Champion | null {
    const before = this.#champions;
    if (!isLater(number, this.#champion)) return null;
    this.journal.record(() => {
      this.#champions = before;
    });
    const champion = { version, number, fromPlan: false };
    this.#champions = [...before, champion];
    return champion;
  }

  override settle(): void {
    super.settle();
    if (this.#champions.length < 2) return;
    this.#champions = [this.#champion];
    this.#models.tidy();
  }

  marker(): StateMarker {
    return { keepFrom: null, body: this.#body() };
  }

  /** A task of the scorer is one partition. */
  async load(bodies: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const [body] = bodies.values();
    this.#champions = [body ? await this.#read(body) : await this.#models.first()];
    await this.#models.load(this.version);
  }

  /** Nothing is kept, so there is nothing to apply again. */
  restore(): void {}

  restored(): void {}

  get #champion(): Champion {
    return this.#champions.at(-1) as Champion;
  }

  #body(): Uint8Array {
    const { number, version, fromPlan } = this.#champion;
    if (this.#at === null && number === null) return new Uint8Array();
    const writer = new ByteWriter(32).varint(this.#at ?? NO_CLOCK);
    if (number === null) return writer.finish();
    writer.varint(number).text(this.#model);
    return writer.text(fromPlan ? null : version).finish();
  }

  /** What was in force of another model says nothing about this one. */
  async #read(body: Uint8Array): Promise<Champion> {
    const reader = new ByteReader(body);
    const at = reader.done ? NO_CLOCK : reader.varint();
    this.#at = at === NO_CLOCK ? null : at;
    if (reader.done) return { version: await this.#models.fromPlan(), number: null, fromPlan: true };
    const [number, model, version] = [reader.varint(), reader.text(), reader.text()];
    if (model !== this.#model) return this.#models.first();
    return { version: version ?? (await this.#models.fromPlan()), number, fromPlan: version === null };
  }
}
