import type { Plan } from '@millrace/pipeline';

import { originOf, type DeadLetterView } from '../topics/dead-letter-view.ts';
import type { LetterCondition } from '../topics/letter-condition.ts';
import type { RecordPlace } from '../topics/record-reader.ts';

const WATERMARK = 'millrace.watermark';

/** A dead letter whose event is to be sent again. */
export interface ChosenLetter {
  readonly letter: DeadLetterView;
  readonly origin: RecordPlace;
  /** `partition@offset` */
  readonly name: string;
}

export interface LetterChoice {
  /** One per event, in the order of `<p>.events` in each partition. */
  readonly chosen: readonly ChosenLetter[];
  /** Events that match, and are not sent: replayed before, answered already, or no events but watermarks. */
  readonly skipped: number;
  /** Letters that match and name no event. */
  readonly nameless: readonly DeadLetterView[];
}

export interface ChoiceContext {
  readonly plan: Plan;
  readonly condition: LetterCondition;
  /** As `partition@offset`. */
  readonly replayed: ReadonlySet<string>;
}

/** Which events go out again: each once, by its newest letter among those that meet the condition. */
export function chooseLetters(letters: readonly DeadLetterView[], context: ChoiceContext): LetterChoice {
  const { plan, condition, replayed } = context;
  const answered = new Set(
    letters.filter((letter) => isAnswered(letter, plan)).map((letter) => eventName(letter, plan)),
  );
  const matching = letters.filter(condition);
  const newest = newestByEvent(matching, plan);
  const skips = ({ name, letter }: ChosenLetter): boolean =>
    replayed.has(name) || answered.has(name) || letter.type === WATERMARK;
  const chosen = newest.filter((one) => !skips(one));
  return {
    chosen: chosen.toSorted((a, b) => a.origin.partition - b.origin.partition || a.origin.offset - b.origin.offset),
    skipped: newest.length - chosen.length,
    nameless: matching.filter((letter) => eventName(letter, plan) === null),
  };
}

/** The event's place in `<p>.events` as `partition@offset`; null where the letter could not name it. */
export function eventName(letter: DeadLetterView, { names }: Plan): string | null {
  const origin = originOf(letter);
  return origin?.topic === names.events ? `${origin.partition}@${origin.offset}` : null;
}

function newestByEvent(letters: readonly DeadLetterView[], plan: Plan): readonly ChosenLetter[] {
  const newest = new Map<string, ChosenLetter>();
  for (const letter of letters) {
    const name = eventName(letter, plan);
    if (name === null || (newest.get(name)?.letter.attempts ?? -1) >= letter.attempts) continue;
    newest.set(name, { letter, origin: originOf(letter) as RecordPlace, name });
  }
  return [...newest.values()];
}

/** What the monitor gave up of a request came behind its prediction, which is out. */
function isAnswered({ stage, type }: DeadLetterView, { predict }: Plan): boolean {
  return stage === 'monitor' && type === predict.on;
}
