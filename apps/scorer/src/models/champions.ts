import { isAppError, messageOf, type Clock } from '@millrace/core';
import type { ModelPort, ModelRegistry } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import type { AliasInForce } from '@millrace/records';

import { isLater, type Champion } from './champion.ts';
import { titleOf, type ModelShelf, type ServedModel } from './model-shelf.ts';
import type { StageModels } from './stage-models.ts';

/** Between tries to load what a store has that does not answer; it is asked four times in each. */
const AGAIN_MS = 1000;

export interface ChampionsOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly registry: ModelRegistry;
  readonly shelf: ModelShelf;
  /** The note of what is in force, as of now. */
  readonly readInForce: () => Promise<AliasInForce | null>;
  readonly onSwitched: (champion: Champion) => void;
  readonly warn: (message: string) => void;
}

/**
 * The versions of the pipeline's model: which one is in force where nothing was committed yet, and which one the doors of
 * this instance answer with.
 */
export class Champions implements StageModels {
  readonly #options: ChampionsOptions;
  #planVersion: Promise<string> | null = null;
  #ofDoors: Champion | null = null;
  /** What the doors are to answer with, once it is loaded. */
  #coming: Champion | null = null;
  #problem: string | null = null;
  readonly #closed = new AbortController();

  constructor(options: ChampionsOptions) {
    this.#options = options;
    options.shelf.neededBy(() =>
      [this.#ofDoors, this.#coming].flatMap((one) => (one ? titleOf(options.plan.predict.model, one.version) : [])),
    );
  }

  /** The doors begin with what is in force. */
  async begin(): Promise<void> {
    const champion = await this.first();
    await this.load(champion.version);
    this.#ofDoors = champion;
  }

  /** With which the doors answer. */
  get served(): ServedModel | null {
    return this.#ofDoors && this.#options.shelf.get(this.#options.plan.predict.model, this.#ofDoors.version);
  }

  /** Why the doors do not answer with what is in force; null: they do. */
  get problem(): string | null {
    return this.#problem;
  }

  async first(): Promise<Champion> {
    const noted = await this.#options.readInForce();
    if (noted === null) return { version: await this.fromPlan(), number: null, fromPlan: true };
    const { version, number } = noted;
    try {
      await this.load(version);
      return { version, number, fromPlan: false };
    } catch (error) {
      if (!isAppError(error, 'MODEL_MISMATCH')) throw error;
      const instead = await this.fromPlan();
      this.#options.warn(
        `version ${version} is champion, and not of this feature set, which begins with ${instead}: ${error.detail}`,
      );
      return { version: instead, number, fromPlan: true };
    }
  }

  fromPlan(): Promise<string> {
    const { plan, registry } = this.#options;
    this.#planVersion ??= registry.resolve(plan.predict.model, plan.predict.version).then(({ version }) => version);
    return this.#planVersion;
  }

  get(version: string): ModelPort | null {
    return this.#options.shelf.get(this.#options.plan.predict.model, version)?.port ?? null;
  }

  async load(version: string): Promise<ModelPort> {
    const { port } = await this.#options.shelf.load(this.#options.plan.predict.model, version);
    return port as ModelPort;
  }

  switched(champion: Champion): void {
    void this.#follow(champion);
  }

  /** What the note says: an instance without partitions has nothing else to go by. */
  noted({ version, number }: AliasInForce): void {
    void this.#follow({ version, number, fromPlan: false });
  }

  tidy(): void {
    this.#options.shelf.tidy();
  }

  close(): void {
    this.#closed.abort();
  }

  async #follow(champion: Champion): Promise<void> {
    const latest = this.#coming ?? this.#ofDoors;
    if (champion.number === null || latest === null || !isLater(champion.number, latest)) return;
    this.#coming = champion;
    if (!(await this.#comes(champion))) return;
    this.#problem = null;
    this.#ofDoors = champion;
    this.#options.onSwitched(champion);
    this.tidy();
  }

  /** Loads what the doors are to answer with, however long its store is away. False: another one has come, or it cannot be loaded. */
  async #comes(champion: Champion): Promise<boolean> {
    const { clock, warn } = this.#options;
    const { signal } = this.#closed;
    const isNext = (): boolean => this.#coming === champion && !signal.aborted;
    while (isNext()) {
      const error: unknown = await this.load(champion.version).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (!isNext()) return false;
      if (error === null) return true;
      this.#problem = `version ${champion.version} is champion and cannot be loaded: ${messageOf(error)}`;
      if (!isAppError(error, 'MODEL_STORE_UNREACHABLE')) return false;
      warn(`${this.#problem} The doors answer with the one before until it is.`);
      await clock.sleep(AGAIN_MS, signal);
    }
    return false;
  }
}
