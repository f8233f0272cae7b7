import type { ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';

import { monitoredModel, type MonitoredModel } from './monitored-model.ts';

/** Reads the profiles of all versions that there are now. */
export type ReadProfiles = () => Promise<ReadonlyMap<string, ReferenceProfile>>;

/** Who meets a version: each looks for its profile once. */
type Asker = 'join' | 'merge';
type Sought = Readonly<Record<Asker, readonly string[]>>;

/** The versions that have a profile: those of the start, and others when they are first seen. */
export class KnownModels {
  readonly #plan: Plan;
  readonly #readProfiles: ReadProfiles | undefined;
  readonly #models = new Map<string, MonitoredModel>();
  readonly #sought: Readonly<Record<Asker, Set<string>>> = { join: new Set(), merge: new Set() };

  /** @throws AppError `PROFILE_INVALID` where a floor asks for what a profile does not hold */
  constructor(plan: Plan, profiles: ReadonlyMap<string, ReferenceProfile>, readProfiles?: ReadProfiles) {
    this.#plan = plan;
    this.#readProfiles = readProfiles;
    this.#add(profiles);
  }

  /** By version. It grows. */
  get byVersion(): ReadonlyMap<string, MonitoredModel> {
    return this.#models;
  }

  /** Those that have no profile yet and were not looked for. */
  newOf(versions: Iterable<string>, asker: Asker): readonly string[] {
    if (!this.#readProfiles) return [];
    return [...new Set(versions)].filter((one) => !this.#models.has(one) && !this.#sought[asker].has(one));
  }

  /**
   * Looks for the profiles of versions that are new; one that has none goes on without.
   *
   * @throws AppError `PROFILE_INVALID`, and what reading the registry throws
   */
  async lookFor({ join, merge }: Sought): Promise<void> {
    await this.refresh();
    for (const version of join) this.#sought.join.add(version);
    for (const version of merge) this.#sought.merge.add(version);
  }

  /** Looks for profiles that are not known; one that is known stays. */
  async refresh(): Promise<void> {
    if (this.#readProfiles) this.#add(await this.#readProfiles());
  }

  #add(profiles: ReadonlyMap<string, ReferenceProfile>): void {
    for (const [version, profile] of profiles)
      if (!this.#models.has(version)) this.#models.set(version, monitoredModel(profile, this.#plan));
  }
}
