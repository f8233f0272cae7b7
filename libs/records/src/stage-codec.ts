import type { ByteReader, Value } from '@millrace/core';

import {
  encodeClock,
  openRecord,
  readClock,
  readCount,
  readFloat64s,
  readOrigin,
  readValue,
  startRecord,
  unexpected,
  writeFloat64s,
  writeOrigin,
  writeValue,
} from './codec-format.ts';
import type { Assembly, SeenRequest, StageEvent, StagePart, StageRecord, StageRequest } from './stage-record.ts';

/** Of an assembly. */
const WITH_BLOCK = 2;

export function encodeStageRecord(record: StageRecord): Buffer {
  if (record.kind === 'event') return encodeEvent(record);
  if (record.kind === 'request') return encodeRequest(record);
  if (record.kind === 'part') return encodePart(record);
  if (record.kind === 'seen') return encodeSeen(record);
  return encodeClock(record);
}

/** @throws RangeError when the bytes are no such record */
export function decodeStageRecord(value: Uint8Array): StageRecord {
  const { kind, reader } = openRecord(value);
  if (kind === 'event') return readEvent(reader);
  if (kind === 'request') return readRequest(reader);
  if (kind === 'part') return readPart(reader);
  if (kind === 'seen') return readSeen(reader);
  if (kind === 'clock') return readClock(reader);
  throw unexpected(kind, 'a stage topic');
}

function encodeEvent(event: StageEvent): Buffer {
  const writer = startRecord('event').varint(event.type).text(event.id).varint(event.at);
  writeOrigin(writer, event.origin).varint(event.attempts).varint(event.values.length);
  for (const value of event.values) writeValue(writer, value);
  return writer.finish();
}

function readEvent(reader: ByteReader): StageEvent {
  const [type, id, at, origin] = [reader.varint(), reader.text() ?? '', reader.varint(), readOrigin(reader)];
  const attempts = reader.varint();
  const values = Array.from({ length: readCount(reader) }, (): Value => null); // of anything, so that V8 sees one kind of array
  for (let slot = 0; slot < values.length; slot++) values[slot] = readValue(reader);
  return { kind: 'event', type, id, at, values, origin, attempts };
}

function encodeRequest(request: StageRequest): Buffer {
  const writer = startRecord('request').text(request.id).varint(request.at).text(request.predictKey);
  writeOrigin(writer, request.origin).text(request.promise).varint(request.attempts);
  const { assembly } = request;
  if (assembly === null) return writer.byte(0).finish();
  const { block } = assembly;
  writer.byte(block === undefined ? 1 : WITH_BLOCK).varint(assembly.asked.length);
  for (const stage of assembly.asked) writer.varint(stage);
  writeFloat64s(writer, assembly.values);
  return block === undefined ? writer.finish() : writer.varint(block).finish();
}

function readRequest(reader: ByteReader): StageRequest {
  const [id, at, predictKey] = [reader.text() ?? '', reader.varint(), reader.text()];
  const [origin, promise, attempts] = [readOrigin(reader), reader.text(), reader.varint()];
  const held = reader.byte();
  const assembly = held === 0 ? null : readAssembly(reader, held === WITH_BLOCK);
  return { kind: 'request', id, at, predictKey, origin, promise, attempts, assembly };
}

function readAssembly(reader: ByteReader, withBlock: boolean): Assembly {
  const asked = Array.from({ length: readCount(reader) }, () => reader.varint());
  const assembly = { asked, values: readFloat64s(reader) };
  return withBlock ? { ...assembly, block: reader.varint() } : assembly;
}

function encodePart(part: StagePart): Buffer {
  const writer = writeOrigin(startRecord('part').varint(part.stage), part.origin);
  writer.varint(part.attempts).byte(part.late ? 1 : 0);
  if (part.error) return writer.byte(1).text(part.error.code).text(part.error.reason).finish();
  return writeFloat64s(writer.byte(0), part.values ?? new Float64Array()).finish();
}

function readPart(reader: ByteReader): StagePart {
  const [stage, origin, attempts] = [reader.varint(), readOrigin(reader), reader.varint()];
  const known = { kind: 'part', stage, origin, attempts, late: reader.byte() === 1 } as const;
  if (reader.byte() === 0) return { ...known, values: readFloat64s(reader), error: null };
  const error = { code: reader.text() ?? '', reason: reader.text() ?? '' };
  return { ...known, values: null, error };
}

function encodeSeen({ id, origin, attempts }: SeenRequest): Buffer {
  return writeOrigin(startRecord('seen').text(id), origin).varint(attempts).finish();
}

function readSeen(reader: ByteReader): SeenRequest {
  return { kind: 'seen', id: reader.text() ?? '', origin: readOrigin(reader), attempts: reader.varint() };
}
