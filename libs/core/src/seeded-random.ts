/**
 * Numbers in [0, 1), the same for the same seed. Mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 *
 * ```ts
 * seededRandom(1)(); // 0.6270739405881613
 * ```
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
