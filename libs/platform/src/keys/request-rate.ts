/** So many requests per second, and at once as many as a second has, or one: a bucket of tokens. */
export class RequestRate {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #atMs: number;

  /** @param nowMs by a clock's `elapsed`, as in `take` */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#most = Math.max(1, perSecond);
    this.#left = this.#most;
    this.#atMs = nowMs;
  }

  /** @returns 0 where there is one, else in how many milliseconds there will be */
  take(nowMs: number): number {
    this.#left = Math.min(this.#most, this.#left + ((nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = nowMs;
    if (this.#left < 1) return Math.ceil(((1 - this.#left) / this.#perSecond) * 1000);
    this.#left--;
    return 0;
  }
}
