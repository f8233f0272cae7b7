/** Everything that happened, as a hash; the latest of it as lines, where they are wanted. */
export class Trace {
  readonly #lineCount: number;
  #lines: string[] = [];
  #low = 0x811c9dc5;
  #high = 0x1b873593;

  /** @param lines how many of the latest lines to keep */
  constructor(lines: number) {
    this.#lineCount = lines;
  }

  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, '0') + (this.#low >>> 0).toString(16).padStart(8, '0');
  }

  get tail(): readonly string[] {
    return this.#lines.slice(-this.#lineCount);
  }

  number(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul(this.#high ^ (this.#low >>> 13) ^ Math.floor(value / 2 ** 20), 0x85ebca6b);
  }

  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.number(value.charCodeAt(i));
  }

  bytes(value: Uint8Array): void {
    for (const byte of value) this.number(byte);
  }

  /** For people; does not change the hash. */
  line(say: () => string): void {
    if (this.#lineCount === 0) return;
    this.#lines.push(say());
    if (this.#lines.length > 2 * this.#lineCount) this.#lines = this.#lines.slice(-this.#lineCount);
  }
}
