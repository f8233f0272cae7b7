import { seededRandom } from '@millrace/core';

/** What programs trip over, wherever it stands in JSON. */
const NASTY: readonly string[] = [
  'null',
  'true',
  '-0',
  '1e400',
  '-1e-400',
  '123456789012345678901234567890',
  '9007199254740993',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u202e"',
  '"__proto__"',
  '{}',
  '[]',
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  '{"$ref":"#"}',
  'NaN',
  '[[[[[[[[]]]]]]]]',
  '['.repeat(100),
  '{"a":'.repeat(100),
  `"${'x'.repeat(5000)}"`,
];

/** Draws requests from a seed: good ones that were changed here and there. */
export class FuzzSource {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** Text with the letters of all planes, control characters among them, half a surrogate pair not. */
  text(most: number): string {
    const letter = (): string =>
      String.fromCodePoint(this.of([this.below(128), this.below(0xd800), this.below(0x110000)]));
    return Array.from({ length: this.below(most) }, letter)
      .join('')
      .toWellFormed();
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most) }, () => this.below(256)));
  }

  /** JSON of which one value, at any depth, or a name, is another; then perhaps a few bytes. */
  json(good: object): Buffer {
    const text = JSON.stringify(good);
    const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|null|true|false/g)];
    const { 0: old, index } = this.of(values);
    const changed = `${text.slice(0, index)}${this.of(NASTY)}${text.slice(index + old.length)}`;
    return this.random() < 0.7 ? Buffer.from(changed) : this.mangled(Buffer.from(changed));
  }

  /** Bytes of which some are others, doubled or gone. */
  mangled(good: Uint8Array): Buffer {
    const at = this.below(good.length + 1);
    const end = Math.min(good.length, at + this.below(8));
    const between = this.of([
      this.bytes(8),
      Buffer.alloc(0),
      Buffer.from(good.subarray(at, end)),
      Buffer.from([255, 255, 255, 255, 15]),
    ]);
    return Buffer.concat([good.subarray(0, at), between, good.subarray(this.of([at, end]))]);
  }
}
