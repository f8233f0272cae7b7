/** A prediction or an example, as a reader of committed records found it. */
export interface Answer {
  readonly id: string;
  readonly key: string | null;
  readonly features?: Readonly<Record<string, number | null>>;
}

export interface Expected {
  /** Ids of the requests, in the order in which they were sent. */
  readonly requests: readonly string[];
  /** Of an undisturbed run: each request's features, in the order of the pipeline file. */
  readonly features: ReadonlyMap<string, readonly (number | null)[]>;
}

/** All but the first two are mistakes unless zero. */
export interface PredictionTally {
  readonly asked: number;
  readonly answered: number;
  readonly lost: number;
  readonly doubled: number;
  /** Answers to what nobody asked. */
  readonly strange: number;
  /** Answers that follow, in their partition, an answer to a later request of their key. */
  readonly misorderedPerKey: number;
  /** Answers whose features are not those of the undisturbed run, bit for bit. */
  readonly differentFeatures: number;
}

/** @param answers in offset order within each partition; a key's answers lie in one partition */
export function countPredictions({ requests, features }: Expected, answers: readonly Answer[]): PredictionTally {
  const place = new Map(requests.map((id, i) => [id, i]));
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const tally = { doubled: 0, strange: 0, misorderedPerKey: 0, differentFeatures: 0 };
  for (const { id, key, features: found } of answers) {
    const at = place.get(id);
    if (at === undefined) tally.strange++;
    else if (seen.has(id)) tally.doubled++;
    else {
      seen.add(id);
      if (key !== null && at < (last.get(key) ?? -1)) tally.misorderedPerKey++;
      if (key !== null) last.set(key, Math.max(at, last.get(key) ?? -1));
      if (!isSame(Object.values(found ?? {}), features.get(id) ?? [])) tally.differentFeatures++;
    }
  }
  return { asked: requests.length, answered: answers.length, lost: requests.length - seen.size, ...tally };
}

function isSame(some: readonly (number | null)[], others: readonly (number | null)[]): boolean {
  return some.length === others.length && some.every((value, i) => Object.is(value, others[i]));
}
