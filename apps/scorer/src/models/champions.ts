import { isAppError, type Clock } from '@millrace/core';
import type { ModelPort, ModelRegistry } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import type { AliasInForce } from '@millrace/records';

import type { Champion } from './champion.ts';
import { FollowedVersion } from './followed-version.ts';
import { titleOf, type ModelShelf, type ServedModel } from './model-shelf.ts';
import type { StageModels } from './stage-models.ts';

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
  readonly #doors: FollowedVersion;

  constructor(options: ChampionsOptions) {
    this.#options = options;
    const { plan, clock, shelf, warn } = options;
    this.#doors = new FollowedVersion({
      alias: 'champion',
      clock,
      load: (version) => this.load(version),
      onSwitched: (champion) => {
        options.onSwitched(champion);
        this.tidy();
      },
      warn,
    });
    shelf.neededBy(() => this.#doors.needed.map((version) => titleOf(plan.predict.model, version)));
  }

  /** The doors begin with what is in force. */
  async begin(): Promise<void> {
    const champion = await this.first();
    await this.load(champion.version);
    this.#doors.begin(champion);
  }

  /** With which the doors answer. */
  get served(): ServedModel | null {
    const { current } = this.#doors;
    return current && this.#options.shelf.get(this.#options.plan.predict.model, current.version);
  }

  /** Why the doors do not answer with what is in force; null: they do. */
  get problem(): string | null {
    return this.#doors.problem;
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
    this.#planVersion ??= registry.resolve(plan.predict.model, plan.predict.version).then(
      ({ version }) => version,
      (error: unknown) => {
        this.#planVersion = null; // whoever asks next asks again
        throw error;
      },
    );
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
    this.#follow(champion);
  }

  /** What the note says: an instance without partitions has nothing else to go by. */
  noted({ version, number }: AliasInForce): void {
    this.#follow({ version, number, fromPlan: false });
  }

  tidy(): void {
    this.#options.shelf.tidy();
  }

  close(): void {
    this.#doors.close();
  }

  /** Before they have begun, `begin` reads as much. */
  #follow(champion: Champion): void {
    if (this.#doors.current !== null) void this.#doors.follow(champion);
  }
}
