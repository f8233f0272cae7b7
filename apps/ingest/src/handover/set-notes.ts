import type { KeyCheck, PlanOffer, RunningPlan } from '@millrace/records';

import type { GivenOver } from './given-over.ts';

/** What `<p>.control` says about feature sets that take over from one another, as far as it has been read. */
export class SetNotes {
  /** Of `<p>.events`, as far as known. */
  inputPartitions = Infinity;
  #running: string | null = null;
  /** By the set that they are made to. */
  readonly #offers = new Map<string, PlanOffer>();
  /** By the set that gave over, then by partition. */
  readonly #given = new Map<string, Map<number, GivenOver>>();
  readonly #refilled = new Map<string, Set<number>>();
  readonly #drained = new Map<string, Set<number>>();
  readonly #keys = new Map<string, KeyCheck>();

  /** By which set events are taken; null where none ever were. */
  get running(): string | null {
    return this.#running;
  }

  /** Who would take over from this set; the first one counts. */
  offerTo(set: string): PlanOffer | null {
    return this.#offers.get(set) ?? null;
  }

  /** From whom this set takes over; null where it is from nobody. */
  predecessorOf(set: string): string | null {
    for (const [from, { to }] of this.#offers) if (to === set) return from;
    return null;
  }

  /** Where a set has given a partition over; null where it has not. */
  givenOver(set: string, partition: number): GivenOver | null {
    return this.#given.get(set)?.get(partition) ?? null;
  }

  /** By partition. */
  allGivenOver(set: string): ReadonlyMap<number, GivenOver> {
    return this.#given.get(set) ?? new Map();
  }

  /** Every input partition has been given over. */
  isGivenOver(set: string): boolean {
    return this.allGivenOver(set).size >= this.inputPartitions;
  }

  /** The new set's windows hold what the old one's did, in every input partition. */
  isRefilled(set: string): boolean {
    return (this.#refilled.get(set)?.size ?? 0) >= this.inputPartitions;
  }

  /** In how many partitions of its last topics a set has nothing left to do. */
  drained(set: string): number {
    return this.#drained.get(set)?.size ?? 0;
  }

  /** What tells the key of a set's pseudonyms from others; null where none is known. */
  keyCheck(set: string): string | null {
    return this.#keys.get(set)?.check ?? null;
  }

  /** A record of `<p>.control`; what is about something else is left out. */
  apply(key: string, value: Buffer | null): void {
    const [kind, set = '', partition = ''] = key.split(':');
    if (kind === 'plan') this.#running = value && read<RunningPlan>(value).feature_set;
    else if (kind === 'offer') this.#offer(set, value && read<PlanOffer>(value));
    else if (kind === 'given-over') put(within(this.#given, set), Number(partition), value && read<GivenOver>(value));
    else if (kind === 'refilled') mark(this.#refilled, set, Number(partition), value !== null);
    else if (kind === 'pseudonym-key') put(this.#keys, set, value && read<KeyCheck>(value));
    else if (kind === 'drained') mark(this.#drained, set, Number(partition), value !== null);
  }

  #offer(set: string, offer: PlanOffer | null): void {
    if (offer === null || !this.#offers.has(set)) put(this.#offers, set, offer);
  }
}

function read<T>(value: Buffer): T {
  return JSON.parse(value.toString('utf8')) as T;
}

function put<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

function within(map: Map<string, Map<number, GivenOver>>, set: string): Map<number, GivenOver> {
  const found = map.get(set) ?? new Map<number, GivenOver>();
  map.set(set, found);
  return found;
}

function mark(map: Map<string, Set<number>>, set: string, partition: number, isSo: boolean): void {
  const found = map.get(set) ?? new Set<number>();
  map.set(set, found);
  if (isSo) found.add(partition);
  else found.delete(partition);
}
