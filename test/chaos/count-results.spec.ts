import { describe, expect, it } from 'vitest';

import {
  countResults,
  NO_MISTAKES,
  tallyLine,
  type InputFact,
  type OutputFact,
  type Results,
} from './count-results.ts';

/** 60 records of 6 keys in 2 partitions; the tenth of each partition is poison. */
function inputs(): InputFact[] {
  return Array.from({ length: 60 }, (_, number) => {
    const [partition, offset] = [number % 2, number >> 1];
    return { partition, offset, key: `k${number % 6}`, number, poison: offset === 10 };
  });
}

/** What a faultless stage makes of them. */
function faultless(): { inputs: InputFact[]; outputs: OutputFact[]; deadLetters: InputFact[] } {
  const totals = new Map<string, number>();
  const outputs = inputs().flatMap(({ partition, offset, key, number, poison }) => {
    if (poison) return [];
    const total = (totals.get(key) ?? 0) + number;
    totals.set(key, total);
    return [{ foundIn: partition, partition, offset, key, number, total }];
  });
  return { inputs: inputs(), outputs, deadLetters: inputs().filter(({ poison }) => poison) };
}

/** The mistakes in a faultless result after something was planted in it. */
function mistakes(plant: (results: ReturnType<typeof faultless>) => void) {
  const results = faultless();
  plant(results);
  const { in: _in, out: _out, deadLetters: _letters, ...found } = countResults(results satisfies Results);
  return found;
}

describe('the count of a chaos run', () => {
  it('finds nothing in a faultless result', () => {
    expect(countResults(faultless())).toEqual({ in: 60, out: 58, deadLetters: 2, ...NO_MISTAKES });
  });

  it('sees a planted loss', () => {
    expect(mistakes(({ outputs }) => outputs.splice(20, 1))).toEqual({ ...NO_MISTAKES, lost: 1 });
  });

  it('sees a lost dead letter', () => {
    expect(mistakes(({ deadLetters }) => deadLetters.pop())).toEqual({ ...NO_MISTAKES, lost: 1 });
  });

  it('sees a planted duplicate, next to the first or far behind it', () => {
    expect(mistakes(({ outputs }) => outputs.splice(20, 0, outputs[20] as OutputFact))).toEqual({
      ...NO_MISTAKES,
      doubled: 1,
    });
    expect(mistakes(({ outputs }) => outputs.push(outputs[3] as OutputFact))).toEqual({ ...NO_MISTAKES, doubled: 1 });
  });

  it('sees a doubled dead letter', () => {
    expect(mistakes(({ deadLetters }) => deadLetters.push(deadLetters[0] as InputFact))).toEqual({
      ...NO_MISTAKES,
      doubled: 1,
    });
  });

  it('sees a planted reordering within a key', () => {
    const found = mistakes(({ outputs }) => {
      const [late] = outputs.splice(6, 1); // behind the next of its key
      outputs.splice(12, 0, late as OutputFact);
    });
    expect(found).toEqual({ ...NO_MISTAKES, misorderedPerKey: 1, misorderedPerPartition: 1 });
  });

  it('sees a planted reordering between keys of a partition', () => {
    const found = mistakes(({ outputs }) => {
      const [late] = outputs.splice(6, 1);
      outputs.splice(8, 0, late as OutputFact);
    });
    expect(found).toEqual({ ...NO_MISTAKES, misorderedPerPartition: 1 });
  });

  it('sees a planted wrong total', () => {
    const found = mistakes(({ outputs }) => {
      const right = outputs[20] as OutputFact;
      outputs[20] = { ...right, total: right.total + 1 };
    });
    expect(found).toEqual({ ...NO_MISTAKES, wrongTotals: 1 });
  });

  it('sees an answer in a wrong partition, to nothing that went in, or to poison', () => {
    const answer = { foundIn: 0, partition: 0, offset: 5, key: 'k0', number: 0, total: 0 };
    expect(
      mistakes(({ outputs }) => outputs.splice(20, 1, { ...(outputs[20] as OutputFact), foundIn: 7 })),
    ).toMatchObject({ strange: 1 });
    expect(mistakes(({ outputs }) => outputs.push({ ...answer, offset: 99 }))).toMatchObject({ strange: 1 });
    expect(mistakes(({ outputs }) => outputs.push({ ...answer, offset: 10 }))).toMatchObject({ strange: 1 });
  });

  it('sees a sound record that was given up', () => {
    const found = mistakes(({ deadLetters }) => deadLetters.push(inputs()[0] as InputFact));
    expect(found).toEqual({ ...NO_MISTAKES, strange: 1 });
  });

  it('says so in one line', () => {
    expect(tallyLine('kill -9', countResults(faultless()))).toBe(
      'kill -9: 60 in, 58 out, 2 dead letters, 0 lost, 0 doubled, 0 misordered per key, 0 per partition, 0 wrong totals',
    );
  });
});
