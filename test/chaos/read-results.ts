import { headerText, type InboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

import type { DeadLetterFact, InputFact, OutputFact, Results } from './count-results.ts';
import { readNumbered } from './numbered-record.ts';
import { readToEnd } from './read-to-end.ts';
import type { TotalValue } from './total-record.ts';

export interface ResultTopics {
  readonly input: string;
  readonly output: string;
  readonly dlq: string;
  readonly partitions: number;
}

/** All that went in and came out, as readers of committed records see it. Nobody may be writing any more. */
export async function readResults(log: Log, { input, output, dlq, partitions }: ResultTopics): Promise<Results> {
  const read = (topic: string) => readToEnd(log, topic, partitions);
  return {
    inputs: (await read(input)).map(inputFact),
    outputs: (await read(output)).map((record) => outputFact(String(record.value), record.partition)),
    deadLetters: (await read(dlq)).map(deadLetterFact),
  };
}

/** @param foundIn the partition where the record stands; null where the reader does not say */
export function outputFact(json: string, foundIn: number | null): OutputFact {
  const { partition, offset, key, number, total } = JSON.parse(json) as TotalValue;
  return { foundIn: foundIn ?? partition, partition, offset, key, number, total };
}

function inputFact(record: InboundRecord): InputFact {
  const { partition, offset } = record;
  const { number, poison } = readNumbered(record);
  return { partition, offset, key: String(record.key), number, poison: poison !== null };
}

function deadLetterFact({ headers }: InboundRecord): DeadLetterFact {
  const header = (name: string): number => Number(headerText(headers, `millrace-${name}`));
  return { partition: header('partition'), offset: header('offset') };
}
