import type { Plan, StagePlan } from '@millrace/pipeline';
import type { ClockRecord, StageRequest } from '@millrace/records';
import fc from 'fast-check';

import { TopicScript } from './topic-script.ts';

/** Index of the stage that the assembler asks. */
const ANSWERS = 0;

/** From the clock of the input partition. */
const after = fc.integer({ min: -70, max: 40 });
const key = fc.constantFrom('a', 'b');
const input = fc.integer({ min: 0, max: 1 });
function often<K extends string, T extends object>(
  weight: number,
  kind: K,
  fields: { [F in keyof T]: fc.Arbitrary<T[F]> },
) {
  return { weight, arbitrary: fc.record(fields).map((drawn) => ({ do: kind, ...drawn })) };
}

/** What happens to a topic; a later step needs no earlier one to make sense. */
export const step = fc.oneof(
  often(3, 'event', { after, key, input, id: fc.constantFrom('x', 'y', 'z'), amount: fc.nat({ max: 9 }) }),
  often(4, 'burst', { after, key, input, count: fc.integer({ min: 9, max: 20 }) }),
  often(3, 'resend', { which: fc.nat({ max: 60 }), input }),
  often(5, 'request', { after, key, input, id: fc.nat({ max: 6 }), asks: fc.boolean() }),
  often(8, 'clock', { input, by: fc.nat({ max: 40 }) }),
  often(1, 'promise', { input, back: fc.nat({ max: 30 }) }),
  often(1, 'begun anew', { input, back: fc.nat({ max: 60 }) }),
  often(2, 'part', { which: fc.nat({ max: 5 }), value: fc.nat({ max: 9 }), fails: fc.boolean() }),
  often(1, 'broken', {}),
  often(2, 'broker time', { by: fc.nat({ max: 60 }) }),
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
interface Sale {
  readonly at: number;
  readonly key: string;
  readonly id: string;
  readonly amount: number;
}

/**
 * Writes a topic as ingest would: a promise id is used once, requests carry the one that their partition is under, a clock
 * comes before the first event, and what is older than the clock ever stood at, less `retain_late`, is kept out of panes.
 */
export class ScriptedIngest {
  readonly topic: TopicScript;
  readonly #plan: Plan;
  readonly #stage: StagePlan;
  readonly #clocks: (number | null)[] = [null, null];
  /** The highest that each clock stood at. */
  readonly #reached = [-Infinity, -Infinity];
  /** Phase of each input: odd ones are under the promise of that number. */
  readonly #phase = [0, 0];
  readonly #asked: StageRequest[] = [];
  readonly #sold: Sale[] = [];
  #broker = 0;
  #origin = 0;

  constructor(plan: Plan, stage: number) {
    this.#plan = plan;
    this.#stage = plan.stages[stage]!;
    this.topic = new TopicScript(this.#stage.topic);
  }

  write(step: Step): void {
    if (step.do === 'broker time') this.#broker += step.by;
    else if (step.do === 'promise') this.#nextPhase(step.input, step.back);
    else if (step.do === 'begun anew') this.#beginAnew(step.input, step.back);
    else if (step.do === 'broken') this.topic.appendBytes(Buffer.of(99));
    else if (step.do === 'clock') this.#advance(step.input, step.by);
    else if (step.do === 'event') this.#sell({ ...step, at: this.#timeOf(step) }, step.input);
    else if (step.do === 'burst') this.#burst(step);
    else if (step.do === 'resend') this.#resend(step);
    else if (step.do === 'request') this.#request(step);
    else this.#part(step);
  }

  #burst(step: Extract<Step, { do: 'burst' }>): void {
    const at = this.#timeOf(step);
    for (let n = 0; n < step.count; n++)
      this.#sell({ at: at + (n % 5), key: step.key, id: `${n % 7}`, amount: n % 4 }, step.input);
  }

  #resend({ which, input }: Extract<Step, { do: 'resend' }>): void {
    const sold = this.#sold.at(-1 - which);
    if (sold) this.#sell(sold, input);
  }

  #sell(sale: Sale, input: number): void {
    const { at, key, id, amount } = sale;
    this.#begin(input, at);
    const overdue = at < this.#reached[input]! - this.#plan.limits.retainLateMs;
    const values = this.#stage.features.map(({ take, resolutionMs }) => {
      if (resolutionMs !== null && overdue) return null;
      return take === 'last' && amount % 2 === 0 ? null : amount;
    });
    this.#sold.push(sale);
    this.#append(key, { kind: 'event', type: 1, id, at, values, origin: this.#next(input), attempts: 0 });
  }

  #timeOf({ input, after }: { readonly input: number; readonly after: number }): number {
    return Math.max(0, (this.#clocks[input] ?? this.#clocks[1 - input] ?? 100) + after);
  }

  #begin(input: number, at: number): void {
    if (this.#clocks[input] === null) this.#stand(input, at);
  }

  #request(step: Extract<Step, { do: 'request' }>): void {
    const { key, input, id, asks } = step;
    const at = this.#timeOf(step);
    this.#begin(input, at);
    const promise = this.#promise(input)?.id ?? null;
    const asked = asks ? [ANSWERS] : [];
    const assembly = this.#stage.assembler ? { asked, values: new Float64Array(this.#plan.vector.length) } : null;
    const request: StageRequest = {
      kind: 'request',
      id: `r${id}`,
      at,
      predictKey: key,
      origin: this.#next(input),
      promise,
      attempts: 0,
      assembly,
    };
    if (asks) this.#asked.push(request);
    this.#append(key, request);
  }

  #part({ which, value, fails }: Extract<Step, { do: 'part' }>): void {
    const [request] = this.#asked.splice(which % Math.max(1, this.#asked.length), 1);
    if (!this.#stage.assembler || !request) return;
    const error = fails ? { code: 'FEATURE_FAILED', reason: 'so' } : null;
    const values = fails ? null : new Float64Array(this.#plan.stages[ANSWERS]!.features.length).fill(value);
    this.#append(request.predictKey, {
      kind: 'part',
      stage: ANSWERS,
      origin: request.origin,
      attempts: 0,
      values,
      late: false,
      error,
    });
  }

  /** A promise is told as it is opened, before any request under it, and may go back; its end comes with the next clock. */
  #nextPhase(input: number, back: number): void {
    this.#phase[input]!++;
    if (this.#promise(input)) this.#stand(input, Math.max(0, (this.#clocks[input] ?? 0) - back));
    else this.#clocks[input] = Math.max(this.#clocks[input] ?? 0, this.#reached[input]!);
  }

  /** As after `--from earliest`: nothing is remembered. */
  #beginAnew(input: number, back: number): void {
    if (this.#promise(input) || this.#clocks[input] === null) return;
    this.#reached[input] = -Infinity;
    this.#stand(input, Math.max(0, (this.#clocks[input] ?? 0) - back));
  }

  #advance(input: number, by: number): void {
    this.#stand(input, (this.#clocks[input] ?? 0) + by);
  }

  #stand(input: number, at: number): void {
    this.#clocks[input] = at;
    this.#reached[input] = Math.max(this.#reached[input]!, at);
    this.#append(null, { kind: 'clock', input, at, first: 0, promise: this.#promise(input) });
  }

  #promise(input: number): ClockRecord['promise'] {
    const phase = this.#phase[input]!;
    return phase % 2 === 1 ? { id: `p${phase}`, partitions: [0, 1] } : null;
  }

  #append(key: string | null, record: Parameters<TopicScript['append']>[1]): void {
    this.topic.append(key, record, this.#broker);
  }

  #next(partition: number) {
    return { partition, offset: this.#origin++ };
  }
}
