import { WireWriter } from '../wire/wire-writer.ts';

/** Answers of a `ScriptedBroker`, in the versions that this client speaks, with an error code (0: none). */
export const ANSWERS = {
  /** The request has one partition. */
  produce: (code: number, throttleMs = 0): WireWriter => {
    const writer = new WireWriter();
    writer.array(['t'], (topic) =>
      writer.string(topic).array([0], (partition) => writer.int32(partition).int16(code).int64(0).int64(-1).int64(0)),
    );
    return writer.int32(throttleMs);
  },
  initProducerId: (code: number): WireWriter => new WireWriter().int32(0).int16(code).int64(7).int16(0),
  addPartitions: (code: number): WireWriter => {
    const writer = new WireWriter().int32(0);
    return writer.array(['t'], (topic) =>
      writer.string(topic).array([0], (partition) => writer.int32(partition).int16(code)),
    );
  },
  addOffsets: (code: number): WireWriter => new WireWriter().int32(0).int16(code),
  endTransaction: (code: number): WireWriter => new WireWriter().int32(0).int16(code),
  /** The member is alone, and another leads the group. */
  joinGroup: (code: number, memberId: string): WireWriter =>
    new WireWriter()
      .int32(0)
      .int16(code)
      .int32(1)
      .string('p')
      .string('leader')
      .string(memberId)
      .array([], () => undefined),
  syncGroup: (code: number): WireWriter => new WireWriter().int32(0).int16(code).bytes(Buffer.alloc(0)),
  heartbeat: (code: number): WireWriter => new WireWriter().int32(0).int16(code),
  /** An end of `t/0`. */
  listOffsets: (code: number, offset: number): WireWriter => {
    const writer = new WireWriter().int32(0);
    return writer.array(['t'], (topic) =>
      writer.string(topic).array([0], (partition) => writer.int32(partition).int16(code).int64(-1).int64(offset)),
    );
  },
  /** A position of `t/0`. */
  offsetFetch: (code: number, offset: number): WireWriter => {
    const writer = new WireWriter().noTags().int32(0);
    writer.compactArray(['t'], (topic) => {
      writer.compactString(topic).compactArray([0], (partition) => {
        writer.int32(partition).int64(offset).int32(-1).compactString('m').int16(code).noTags();
      });
      writer.noTags();
    });
    return writer.int16(0).noTags();
  },
} as const;
