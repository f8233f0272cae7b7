/** A request, as it was sent. */
export interface Question {
  /** Epoch milliseconds. */
  readonly dueAtMs: number;
  readonly key: string | null;
}

/** A prediction: when its record was appended, and when a reader of committed records had it, epoch milliseconds. */
export interface Answer {
  readonly id: string;
  readonly at: number;
  readonly seenAt: number;
}

/** For how long a request waited, in milliseconds: until its answer's record was appended, and until it was seen. */
export interface Wait {
  readonly dueAtMs: number;
  readonly ms: number;
  readonly seenMs: number;
}

export interface JoinedAnswers {
  readonly waits: readonly Wait[];
  /** Answers that came a second time, or to nothing that was asked. */
  readonly doubled: number;
  /** Answers that came behind one to a later request of their key. */
  readonly misordered: number;
}

/**
 * @param asked by id
 * @param answers as they were read; a key's lie in one partition
 */
export function joinAnswers(asked: ReadonlyMap<string, Question>, answers: readonly Answer[]): JoinedAnswers {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const waits: Wait[] = [];
  let misordered = 0;
  for (const { id, at, seenAt } of answers) {
    const question = asked.get(id);
    if (question === undefined || seen.has(id)) continue;
    const { dueAtMs, key } = question;
    seen.add(id);
    waits.push({ dueAtMs, ms: at - dueAtMs, seenMs: seenAt - dueAtMs });
    if (key === null) continue;
    const latest = last.get(key) ?? dueAtMs;
    if (dueAtMs < latest) misordered++;
    last.set(key, Math.max(dueAtMs, latest));
  }
  return { waits, doubled: answers.length - waits.length, misordered };
}
