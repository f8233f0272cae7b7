import { encodeCountsRecord } from './count-codec.ts';
import { EVENT_STREAM } from './count-record.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { OutboundRecord } from './record.ts';

/** Who gives records up. */
export const LETTER_STAGES = ['ingest', 'feature', 'scorer', 'monitor'] as const;

/** Why: the error table's. Counts are kept by place, so a new code comes last. */
export const LETTER_CODES = [
  'NOT_JSON',
  'TOO_DEEP',
  'UNKNOWN_TYPE',
  'SCHEMA_VIOLATION',
  'NO_ID',
  'NO_TIME',
  'TIME_AHEAD',
  'TOO_LARGE',
  'KEY_TOO_LARGE',
  'BAD_WATERMARK',
  'PROMISE_OPEN',
  'PROMISE_REUSED',
  'EXPRESSION_FAILED',
  'FEATURE_FAILED',
  'MODEL_FAILED',
  'NAN_NOT_ALLOWED',
  'POISON',
  'RECORD_REFUSED',
] as const;

/** Places in the counts of dead letters: all, the good events beside them, then by stage, then by code. */
export const LETTER_PLACES = { all: 0, events: 1, stages: 2, codes: 2 + LETTER_STAGES.length } as const;

/** Windows of event time. */
interface Grid {
  spanOf(at: number): { readonly start: number; readonly end: number };
}

/** Counts dead letters for the monitor: by stage and code, in the window of their event time. Those without one are not counted. */
export class LetterTally {
  readonly #topic: string;
  readonly #grid: Grid;

  /** @param topic of counts */
  constructor(topic: string, grid: Grid) {
    this.#topic = topic;
    this.#grid = grid;
  }

  records(letters: readonly DeadLetter[]): readonly OutboundRecord[] {
    const windows = new Map<number, { readonly end: number; readonly counts: number[] }>();
    for (const letter of letters) {
      if (letter.at === undefined) continue;
      const { start, end } = this.#grid.spanOf(letter.at);
      const window = windows.get(start) ?? { end, counts: noLetters() };
      windows.set(start, window);
      for (const place of placesOf(letter)) window.counts[place] = (window.counts[place] ?? 0) + 1;
    }
    return [...windows].map(([start, { end, counts }]) => {
      const delta = { kind: 'delta', subject: 'events', ...EVENT_STREAM, start, end, rows: 0, blocks: [] } as const;
      return {
        topic: this.#topic,
        partition: 0,
        key: null,
        value: encodeCountsRecord({ ...delta, counts: [[], counts] }),
      };
    });
  }
}

function noLetters(): number[] {
  return Array.from({ length: LETTER_PLACES.codes + LETTER_CODES.length }, () => 0);
}

function placesOf({ stage, code }: DeadLetter): readonly number[] {
  const [byStage, byCode] = [
    LETTER_STAGES.findIndex((name) => name === stage),
    LETTER_CODES.findIndex((name) => name === code),
  ];
  return [
    LETTER_PLACES.all,
    ...(byStage < 0 ? [] : [LETTER_PLACES.stages + byStage]),
    ...(byCode < 0 ? [] : [LETTER_PLACES.codes + byCode]),
  ];
}
