/** A slice may keep so many times its own size from being freed. */
const MOST_PINNED = 4;

/**
 * A partition's part of a response, copied where the response is much larger: one record of it that waits for long would
 * keep all of the response in memory, and one of each of many responses would add up.
 */
export function ownMemory(part: Buffer): Buffer {
  if (part.length * MOST_PINNED >= part.buffer.byteLength) return part;
  const copy = Buffer.allocUnsafeSlow(part.length);
  part.copy(copy);
  return copy;
}
