/** A record of the input, as a reader of committed records found it. */
export interface InputFact {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly number: number;
  /** It cannot be processed: a dead letter is what has to become of it. */
  readonly poison: boolean;
}

/** A record of the output: where it stands is its place among the others of its `foundIn`. */
export interface OutputFact {
  readonly foundIn: number;
  /** The input record that it answers. */
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly number: number;
  readonly total: number;
}

/** The input record that a dead letter names. */
export interface DeadLetterFact {
  readonly partition: number;
  readonly offset: number;
}

export interface Results {
  /** In offset order per partition. */
  readonly inputs: readonly InputFact[];
  readonly outputs: readonly OutputFact[];
  readonly deadLetters: readonly DeadLetterFact[];
}

/** What came out of what went in. All but the first three are wrong unless zero. */
export interface Tally {
  readonly in: number;
  readonly out: number;
  readonly deadLetters: number;
  /** Inputs that were neither answered nor given up. */
  readonly lost: number;
  /** Results beyond the first of an input. */
  readonly doubled: number;
  /** Answers that follow an answer to a later input of their key. */
  readonly misorderedPerKey: number;
  /** The same within a partition. */
  readonly misorderedPerPartition: number;
  /** Answers whose total is not that of a replay from zero: the state was wrong. */
  readonly wrongTotals: number;
  /** Results of nothing that went in, in a wrong partition, or of the wrong kind: an answer to poison, a sound record given up. */
  readonly strange: number;
}

export type Mistakes = Omit<Tally, 'in' | 'out' | 'deadLetters'>;

export const NO_MISTAKES: Mistakes = {
  lost: 0,
  doubled: 0,
  misorderedPerKey: 0,
  misorderedPerPartition: 0,
  wrongTotals: 0,
  strange: 0,
};

/** Counts what came out against what went in. Each input is known by its partition and offset. */
export function countResults({ inputs, outputs, deadLetters }: Results): Tally {
  const expected = expectedTotals(inputs);
  const first = firstOfEach(outputs);
  const answered = new Set(outputs.map(idOf));
  const givenUp = new Set(deadLetters.map(idOf));
  return {
    in: inputs.length,
    out: outputs.length,
    deadLetters: deadLetters.length,
    lost: inputs.filter((input) => !answered.has(idOf(input)) && !givenUp.has(idOf(input))).length,
    doubled: outputs.length - answered.size + deadLetters.length - givenUp.size,
    misorderedPerKey: misordered(first, ({ key }) => key),
    misorderedPerPartition: misordered(first, ({ foundIn }) => String(foundIn)),
    wrongTotals: first.filter((output) => isWrong(output, expected.get(idOf(output)))).length,
    strange: strange(inputs, first, givenUp),
  };
}

/** One line for people. */
export function tallyLine(name: string, tally: Tally): string {
  const { deadLetters, misorderedPerKey, misorderedPerPartition, wrongTotals, strange } = tally;
  const letters = deadLetters === 0 ? '' : `, ${deadLetters} dead letters`;
  return (
    `${name}: ${tally.in} in, ${tally.out} out${letters}, ${tally.lost} lost, ${tally.doubled} doubled, ` +
    `${misorderedPerKey} misordered per key, ${misorderedPerPartition} per partition, ${wrongTotals} wrong totals` +
    (strange === 0 ? '' : `, ${strange} strange`)
  );
}

interface Expected {
  readonly key: string;
  readonly number: number;
  readonly total: number;
}

function idOf({ partition, offset }: DeadLetterFact): string {
  return `${partition}/${offset}`;
}

/** What a replay of the sound records from zero says. */
function expectedTotals(inputs: readonly InputFact[]): ReadonlyMap<string, Expected> {
  const totals = new Map<string, number>();
  const expected = new Map<string, Expected>();
  for (const input of inputs) {
    if (input.poison) continue;
    const { key, number } = input;
    const total = (totals.get(key) ?? 0) + number;
    totals.set(key, total);
    expected.set(idOf(input), { key, number, total });
  }
  return expected;
}

function firstOfEach(outputs: readonly OutputFact[]): readonly OutputFact[] {
  const seen = new Set<string>();
  return outputs.filter((output) => !seen.has(idOf(output)) && seen.add(idOf(output)));
}

function misordered(outputs: readonly OutputFact[], groupOf: (output: OutputFact) => string): number {
  const latest = new Map<string, number>();
  return outputs.filter((output) => {
    const before = latest.get(groupOf(output)) ?? -1;
    latest.set(groupOf(output), Math.max(before, output.offset));
    return output.offset < before;
  }).length;
}

function isWrong(output: OutputFact, expected: Expected | undefined): boolean {
  if (expected === undefined) return false; // strange, not wrong
  return output.key !== expected.key || output.number !== expected.number || output.total !== expected.total;
}

function strange(inputs: readonly InputFact[], outputs: readonly OutputFact[], givenUp: ReadonlySet<string>): number {
  const sound = new Map(inputs.map((input) => [idOf(input), !input.poison]));
  const answers = outputs.filter((output) => output.foundIn !== output.partition || sound.get(idOf(output)) !== true);
  return answers.length + [...givenUp].filter((id) => sound.get(id) !== false).length;
}
