import type { ByteReader } from '@millrace/core';

import { ALIASES } from './alias-notes.ts';
import {
  encodeClock,
  encodeProgress,
  openRecord,
  readClock,
  readFloat32s,
  readFloat64s,
  readOrigin,
  readProgress,
  startRecord,
  unexpected,
  writeFloat32s,
  writeFloat64s,
  writeOrigin,
} from './codec-format.ts';
import type {
  AliasRecord,
  CarriedRow,
  FeaturesRecord,
  OutcomeRow,
  OutcomesRecord,
  ScoredRecord,
  ScoredRow,
  VectorRow,
} from './row-record.ts';

/** Instead of a block, which is none below 0. */
const NO_BLOCK = -1;

/** Flags of a vector. */
const [LATE, WITH_BLOCK] = [1, 2] as const;

export function encodeFeaturesRecord(record: FeaturesRecord): Buffer {
  if (record.kind === 'progress') return encodeProgress(record);
  if (record.kind === 'alias') return encodeAlias(record);
  const writer = startRecord('vector').text(record.id).varint(record.at).text(record.key);
  writeOrigin(writer, record.origin)
    .varint(record.attempts)
    .byte((record.late ? LATE : 0) + (record.block === undefined ? 0 : WITH_BLOCK));
  writeFloat32s(writer, record.vector);
  return record.block === undefined ? writer.finish() : writer.varint(record.block).finish();
}

/** @throws RangeError when the bytes are no such record */
export function decodeFeaturesRecord(value: Uint8Array): FeaturesRecord {
  const { kind, reader } = openRecord(value);
  if (kind === 'vector') return readVector(reader);
  if (kind === 'alias') return readAlias(reader);
  if (kind === 'progress') return readProgress(reader);
  throw unexpected(kind, 'features');
}

export function encodeScoredRecord(record: ScoredRecord): Buffer {
  if (record.kind === 'progress') return encodeProgress(record);
  if (record.kind === 'carried') return encodeCarried(record);
  const { block, lost } = record;
  const writer = startRecord(lost ? 'exact' : block === undefined ? 'scored' : 'blocked')
    .text(record.id)
    .varint(record.at)
    .text(record.key);
  writeOrigin(writer, record.origin).varint(record.attempts);
  writer.text(record.version).text(record.variant).varint(record.scoredAt);
  writeFloat64s(writeFloat32s(writer, record.vector), record.outputs);
  if (lost)
    return writeFloat64s(writer, lost)
      .varint(block ?? NO_BLOCK)
      .finish();
  return block === undefined ? writer.finish() : writer.varint(block).finish();
}

/** @throws RangeError when the bytes are no such record */
export function decodeScoredRecord(value: Uint8Array): ScoredRecord {
  const { kind, reader } = openRecord(value);
  if (kind === 'scored') return readScored(reader);
  if (kind === 'blocked') return { ...readScored(reader), block: reader.varint() };
  if (kind === 'exact') return readExact(reader);
  if (kind === 'carried') return readCarried(reader);
  if (kind === 'progress') return readProgress(reader);
  throw unexpected(kind, 'scored');
}

export function encodeOutcomesRecord(record: OutcomesRecord): Buffer {
  if (record.kind === 'clock') return encodeClock(record);
  const writer = startRecord('outcome').text(record.id).text(record.key).varint(record.at).float64(record.label);
  return writeOrigin(writer, record.origin).varint(record.attempts).finish();
}

/** @throws RangeError when the bytes are no such record */
export function decodeOutcomesRecord(value: Uint8Array): OutcomesRecord {
  const { kind, reader } = openRecord(value);
  if (kind === 'outcome') return readOutcome(reader);
  if (kind === 'clock') return readClock(reader);
  throw unexpected(kind, 'outcomes');
}

function readVector(reader: ByteReader): VectorRow {
  const [id, at, key, origin] = [reader.text() ?? '', reader.varint(), reader.text(), readOrigin(reader)];
  const [attempts, flags] = [reader.varint(), reader.byte()];
  const late = (flags & LATE) !== 0;
  const row = { kind: 'vector', id, at, key, origin, attempts, late, vector: readFloat32s(reader) } as const;
  return (flags & WITH_BLOCK) === 0 ? row : { ...row, block: reader.varint() };
}

function encodeAlias({ model, alias, version, number }: AliasRecord): Buffer {
  return startRecord('alias').text(model).byte(ALIASES.indexOf(alias)).text(version).varint(number).finish();
}

function readAlias(reader: ByteReader): AliasRecord {
  const model = reader.text() ?? '';
  const alias = ALIASES[reader.byte()];
  if (alias === undefined) throw new RangeError('an alias that this version does not know');
  return { kind: 'alias', model, alias, version: reader.text() ?? '', number: reader.varint() };
}

function readScored(reader: ByteReader): ScoredRow {
  const [id, at, key, origin] = [reader.text() ?? '', reader.varint(), reader.text(), readOrigin(reader)];
  const attempts = reader.varint();
  const [version, variant, scoredAt] = [reader.text() ?? '', reader.text() ?? '', reader.varint()];
  return {
    kind: 'scored',
    id,
    at,
    key,
    origin,
    attempts,
    version,
    variant,
    scoredAt,
    vector: readFloat32s(reader),
    outputs: readFloat64s(reader),
  };
}

function readExact(reader: ByteReader): ScoredRow {
  const row = { ...readScored(reader), lost: readFloat64s(reader) };
  const block = reader.varint();
  return block === NO_BLOCK ? row : { ...row, block };
}

function encodeCarried({ id, at, key, prediction }: CarriedRow): Buffer {
  return startRecord('carried').text(id).varint(at).text(key).text(prediction).finish();
}

function readCarried(reader: ByteReader): CarriedRow {
  const [id, at, key] = [reader.text() ?? '', reader.varint(), reader.text()];
  return { kind: 'carried', id, at, key, prediction: reader.text() ?? '' };
}

function readOutcome(reader: ByteReader): OutcomeRow {
  const [id, key, at, label] = [reader.text() ?? '', reader.text(), reader.varint(), reader.float64()];
  return { kind: 'outcome', id, key, at, label, origin: readOrigin(reader), attempts: reader.varint() };
}
