import { AppError } from '@millrace/core';

import type { EventLine } from './event-line.ts';
import { textLines } from './text-lines.ts';

/** One JSON object a line; empty lines count and say nothing, as lines do that are passed over. */
export async function* jsonlEvents(
  bytes: AsyncIterable<Uint8Array>,
  isPassedOver: () => boolean,
): AsyncGenerator<readonly EventLine[]> {
  let line = 0;
  for await (const lines of textLines(bytes)) {
    if (isPassedOver()) {
      line += lines.length;
      continue;
    }
    const events: EventLine[] = [];
    try {
      for (const raw of lines) {
        line++;
        if (raw.trim() !== '') events.push(eventOf(raw, line));
      }
    } finally {
      yield events; // what stands before a bad line comes before its error
    }
  }
}

function eventOf(raw: string, line: number): EventLine {
  const { type, ...payload } = parseObject(raw, line);
  if (typeof type === 'string') return { type, payload, line, raw };
  throw new AppError('INPUT_INVALID', `line ${line}: found no "type"; an event is {"type":"…", …its fields}.`);
}

function parseObject(raw: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (error) {
    throw new AppError('INPUT_INVALID', `line ${line}: found what is not JSON; allowed is one object a line.`, {
      cause: error,
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new AppError('INPUT_INVALID', `line ${line}: found JSON that is no object; allowed is one object a line.`);
}
