import { isAppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import type { Projection } from '../projection/projection.ts';
import { createProjector } from '../projection/projector.ts';
import { fileEventReader, type FileEvent } from './file-event.ts';
import { offlineFeatures, type FeatureRow } from './offline-features.ts';
import { OfflineWindows } from './offline-windows.ts';

/** Events that are computed with in one go. */
const PIECE = 256;

/** An event that some of the requests' windows hold, or one of the requests. */
interface NeededEvent extends FileEvent {
  readonly at: number;
}

/**
 * Computes the vectors of a few requests again, from all events of a log in any order: of these only what lies under the
 * keys of the requests is held. First every event is shown, so that the requests tell their keys, and then every event is
 * taken.
 */
export class SampledRequests {
  readonly #plan: Plan;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #read: ReturnType<typeof fileEventReader>;
  readonly #project: ReturnType<typeof createProjector>['project'];
  readonly #keys = new Set<string>();
  readonly #events: NeededEvent[] = [];
  readonly #from: number;
  readonly #to: number;
  /** How far back windows reach, in milliseconds. */
  readonly reachMs: number;

  /** @param requests event times by id, epoch milliseconds */
  constructor(plan: Plan, requests: ReadonlyMap<string, number>) {
    this.#plan = plan;
    this.#ids = requests;
    this.#read = fileEventReader(plan);
    this.#project = createProjector(plan).project;
    this.reachMs = new OfflineWindows(plan).reachMs;
    let [first, last] = [Infinity, -Infinity];
    for (const at of requests.values()) [first, last] = [Math.min(first, at), Math.max(last, at)];
    this.#from = first - this.reachMs;
    this.#to = last;
  }

  /** @returns its event time; null where it would be a dead letter */
  show(event: FileEvent): number | null {
    const found = this.#known(event);
    if (found && this.#isAsked(event, found.id, found.at))
      for (const projection of found.projections) if (projection.key !== null) this.#keys.add(keyOf(projection));
    return found && found.at;
  }

  /** @returns whether it is held */
  take(event: FileEvent): boolean {
    const found = this.#known(event);
    if (!found || found.at < this.#from || found.at > this.#to) return false;
    const isHeld = found.projections.some(
      (one) => one.record.kind === 'event' && one.key !== null && this.#keys.has(keyOf(one)),
    );
    const isTaken = isHeld || this.#isAsked(event, found.id, found.at);
    if (isTaken) this.#events.push({ ...event, at: found.at });
    return isTaken;
  }

  /**
   * The vectors by id. What of the requests was not among the events is not among them.
   *
   * @param pause awaited between pieces of work
   */
  async vectors(pause?: () => Promise<void>): Promise<ReadonlyMap<string, FeatureRow>> {
    const rows = new Map<string, FeatureRow>();
    this.#events.sort((a, b) => a.at - b.at);
    for await (const row of offlineFeatures(this.#plan, inPieces(this.#events, pause)))
      if (this.#ids.get(row.id) === row.at && !rows.has(row.id)) rows.set(row.id, row);
    return rows;
  }

  #isAsked({ type }: FileEvent, id: string, at: number): boolean {
    return type === this.#plan.predict.on && this.#ids.get(id) === at;
  }

  #known(event: FileEvent) {
    try {
      const known = this.#read(event);
      return { ...known, projections: this.#project(known) };
    } catch (error) {
      if (isAppError(error) && error.class === 'poison') return null;
      throw error;
    }
  }
}

function keyOf({ stage, key }: Projection): string {
  return `${stage} ${key}`;
}

async function* inPieces<T>(all: readonly T[], pause?: () => Promise<void>): AsyncGenerator<readonly T[]> {
  for (let i = 0; i < all.length; i += PIECE) {
    yield all.slice(i, i + PIECE);
    await pause?.();
  }
}
