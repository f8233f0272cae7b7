import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ALIASES } from './alias-notes.ts';
import { NO_EVENT_YET } from './clock-record.ts';
import { decodeCountsRecord, encodeCountsRecord } from './count-codec.ts';
import { COUNT_SUBJECTS, type CountsRecord } from './count-record.ts';
import {
  decodeFeaturesRecord,
  decodeOutcomesRecord,
  decodeScoredRecord,
  encodeFeaturesRecord,
  encodeOutcomesRecord,
  encodeScoredRecord,
} from './row-codec.ts';
import type { FeaturesRecord, OutcomesRecord, ScoredRecord } from './row-record.ts';
import { decodeStageRecord, encodeStageRecord } from './stage-codec.ts';
import type { StageEvent, StageRecord } from './stage-record.ts';

const text = fc.string({ unit: 'grapheme' });
const key = fc.option(text);
const count = fc.nat({ max: 2 ** 31 });
const time = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
const origin = fc.record({ partition: fc.nat({ max: 500 }), offset: fc.nat({ max: 2 ** 45 }) });
const float64s = fc.array(fc.double()).map((values) => Float64Array.from(values));
const float32s = fc.array(fc.float()).map((values) => Float32Array.from(values));
const value = fc.oneof(
  fc.constantFrom(null, -0, Number.NaN, -Infinity, 2 ** 52, 2 ** 52 - 1),
  fc.boolean(),
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  text,
);
const attempts = fc.nat({ max: 9 });
const kind = <const K extends string>(name: K) => fc.constant(name);

const event = fc.record({
  kind: kind('event'),
  type: fc.nat({ max: 99 }),
  id: text,
  at: time,
  values: fc.array(value),
  origin,
  attempts,
});
const block = fc.nat({ max: 2 ** 32 - 1 });
/** With a block, or without. */
const perhapsInBlock = <T extends object>(records: fc.Arbitrary<T>) =>
  fc.oneof(
    records,
    fc.tuple(records, block).map(([one, hash]) => ({ ...one, block: hash })),
  );
const assembly = perhapsInBlock(fc.record({ asked: fc.array(fc.nat({ max: 99 })), values: float64s }));
const request = fc.record({
  kind: kind('request'),
  id: text,
  at: time,
  predictKey: key,
  origin,
  promise: key,
  attempts,
  assembly: fc.option(assembly),
});
const answer = fc.record({
  kind: kind('part'),
  stage: fc.nat({ max: 99 }),
  origin,
  attempts,
  late: fc.boolean(),
  values: float64s,
  error: fc.constant(null),
});
const error = fc.record({ code: text, reason: text });
const failure = fc.record({
  kind: kind('part'),
  stage: fc.nat({ max: 99 }),
  origin,
  attempts,
  late: fc.boolean(),
  values: fc.constant(null),
  error,
});
const seen = fc.record({ kind: kind('seen'), id: text, origin, attempts });
const carried = fc.record({ kind: kind('carried'), id: text, at: time, key, prediction: text });
const promise = fc.record({ id: text, partitions: fc.array(fc.nat({ max: 500 })) });
const first = fc.oneof(time, fc.constant(NO_EVENT_YET));
const clock = fc.record({
  kind: kind('clock'),
  input: fc.nat({ max: 500 }),
  at: time,
  first,
  promise: fc.option(promise),
});
const progress = fc.record({ kind: kind('progress'), source: fc.nat({ max: 500 }), at: time, first });
const alias = fc.record({
  kind: kind('alias'),
  model: text,
  alias: fc.constantFrom(...ALIASES),
  version: text,
  number: fc.nat(),
});
const vector = perhapsInBlock(
  fc.record({
    kind: kind('vector'),
    id: text,
    at: time,
    key,
    origin,
    attempts,
    late: fc.boolean(),
    vector: float32s,
  }),
);
const inexact = fc.record({
  kind: kind('scored'),
  id: text,
  at: time,
  key,
  origin,
  attempts,
  version: text,
  variant: text,
  vector: float32s,
  outputs: float64s,
  scoredAt: time,
});
/** With digits that its outputs have lost, or without. */
const scored = perhapsInBlock(
  fc.oneof(
    inexact,
    fc.tuple(inexact, float64s).map(([row, lost]) => ({ ...row, lost })),
  ),
);
const outcome = fc.record({ kind: kind('outcome'), id: text, key, at: time, label: fc.double(), origin, attempts });
const counts = fc.array(fc.array(count));
const uncounted = fc.record({
  kind: kind('delta'),
  subject: fc.constantFrom(...COUNT_SUBJECTS),
  version: text,
  variant: text,
  start: time,
  end: time,
  rows: count,
  counts,
  blocks: fc.array(count),
});
const delta = fc.oneof(
  uncounted,
  fc.tuple(uncounted, fc.array(count, { minLength: 1 })).map(([one, hours]) => ({ ...one, hours })),
);

const matured = fc.record({ kind: kind('matured'), source: count, at: time });
const acknowledged = fc.record({
  kind: kind('note'),
  says: fc.constant('acknowledged' as const),
  by: text,
  at: time,
  incident: text,
});
const silenced = fc.record({
  kind: kind('note'),
  says: fc.constant('silenced' as const),
  by: text,
  at: time,
  signal: text,
  forMs: count,
});

const skew = fc.record({
  kind: kind('skew'),
  version: text,
  variant: text,
  start: time,
  end: time,
  rows: count,
  features: fc.array(fc.record({ feature: text, differ: count, first: fc.option(text) })),
});

interface Codec<T> {
  readonly name: string;
  readonly records: fc.Arbitrary<T>;
  readonly encode: (record: T) => Buffer;
  readonly decode: (bytes: Uint8Array) => T;
}

function promises<T>({ name, records, encode, decode }: Codec<T>): void {
  describe(name, () => {
    it('reads back exactly what it wrote', () => {
      fc.assert(
        fc.property(records, (record) => {
          expect(decode(encode(record))).toEqual(record);
        }),
      );
    });

    it('refuses every truncation', () => {
      fc.assert(
        fc.property(records, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (record, share) => {
          const bytes = encode(record);
          expect(() => decode(bytes.subarray(0, Math.floor(bytes.length * share)))).toThrow(RangeError);
        }),
      );
    });
  });
}

promises<StageRecord>({
  name: 'a stage topic',
  records: fc.oneof(event, request, answer, failure, seen, clock),
  encode: encodeStageRecord,
  decode: decodeStageRecord,
});
promises<FeaturesRecord>({
  name: 'features',
  records: fc.oneof(vector, alias, progress),
  encode: encodeFeaturesRecord,
  decode: decodeFeaturesRecord,
});
promises<ScoredRecord>({
  name: 'scored',
  records: fc.oneof(scored, carried, progress),
  encode: encodeScoredRecord,
  decode: decodeScoredRecord,
});
promises<OutcomesRecord>({
  name: 'outcomes',
  records: fc.oneof(outcome, clock),
  encode: encodeOutcomesRecord,
  decode: decodeOutcomesRecord,
});
promises<CountsRecord>({
  name: 'counts',
  records: fc.oneof(delta, matured, acknowledged, silenced, skew, progress),
  encode: encodeCountsRecord,
  decode: decodeCountsRecord,
});

describe('internal records', () => {
  const small: StageEvent = {
    kind: 'event',
    type: 1,
    id: '2013-11-12-MQ-3572-LGA',
    at: 1384271940000,
    values: [true, 12],
    origin: { partition: 3, offset: 1e6 },
    attempts: 0,
  };

  it('are compact', () => {
    expect(encodeStageRecord(small).length).toBeLessThan(50);
  });

  it('say which format they are of', () => {
    const bytes = encodeStageRecord(small);
    bytes[0] = 9;
    expect(() => decodeStageRecord(bytes)).toThrow('format 9');
  });

  it('have no place in a topic of another kind', () => {
    expect(() => decodeFeaturesRecord(encodeStageRecord(small))).toThrow('a event record has no place in features');
  });

  it('never make us allocate what damaged bytes claim', () => {
    const bytes = Buffer.from([2, 6, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x7f]);
    expect(() => decodeFeaturesRecord(bytes)).toThrow('a list of');
  });
});
