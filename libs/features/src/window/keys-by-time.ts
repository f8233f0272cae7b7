/** A stretch of event time, and the keys that got something in it. */
interface Touched {
  readonly from: number;
  readonly keys: ReadonlySet<string>;
}

/** Which keys got something in which stretch of event time, so that whoever lets go of old contents looks at no others. */
export class KeysByTime {
  readonly #stretchMs: number;
  readonly #touched = new Map<number, Set<string>>();
  /** Nothing ends before; it may be too early. */
  #nextEnd = Infinity;

  /** @param stretchMs how long a stretch is; they are counted from 1970 */
  constructor(stretchMs: number) {
    this.#stretchMs = stretchMs;
  }

  touch(key: string, at: number): void {
    const stretch = Math.floor(at / this.#stretchMs);
    const keys = this.#touched.get(stretch);
    if (keys) keys.add(key);
    else {
      this.#touched.set(stretch, new Set([key]));
      this.#nextEnd = Math.min(this.#nextEnd, this.#endOf(stretch));
    }
  }

  /** Those of the stretches that end at or before `time`; they are forgotten. */
  endedBy(time: number): readonly Touched[] {
    if (time < this.#nextEnd) return [];
    const ended: Touched[] = [];
    this.#nextEnd = Infinity;
    for (const [stretch, keys] of this.#touched) {
      const end = this.#endOf(stretch);
      if (end > time) this.#nextEnd = Math.min(this.#nextEnd, end);
      else {
        ended.push({ from: stretch * this.#stretchMs, keys });
        this.#touched.delete(stretch);
      }
    }
    return ended;
  }

  #endOf(stretch: number): number {
    return (stretch + 1) * this.#stretchMs;
  }
}
