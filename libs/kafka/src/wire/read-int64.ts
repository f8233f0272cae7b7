/** An int64 that is a safe integer (offsets, times, ids), without a `bigint` in between. */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 4_294_967_296 + buffer.readUInt32BE(at + 4);
}
