import { AppError, isAppError } from '@millrace/core';
import {
  ALIAS_NOTE,
  PLAN_NOTE,
  type AliasAnswer,
  type AliasDecision,
  type AliasInForce,
  type AliasOffer,
  type InboundRecord,
  type RunningPlan,
} from '@millrace/records';
import type { LogAdmin } from '@millrace/stream';

import { AliasSession, overtaken, type AliasSessionOptions } from './alias-session.ts';
import { ControlReader } from './control-reader.ts';
import { scorerMembers, scorerSets, type ScorerSet } from './scorer-sets.ts';

/** Loading and warming up take so long at most, in every scorer at the same time. */
const ANSWER_MS = 120_000;

export interface SwitchAliasOptions extends AliasSessionOptions {
  readonly version: string;
  readonly signal: AbortSignal;
  /**
   * Tries the version here, where no scorer runs that could. Throws what speaks against it.
   *
   * @param champion the version in force; null: the pipeline file's
   */
  readonly verify: (champion: string | null) => Promise<void>;
  /** For people. */
  readonly onStep?: (what: string) => void;
}

export interface AliasSwitched extends AliasInForce {
  /** Null: no alias was in force. */
  readonly before: string | null;
  /** How many scorers have loaded it; 0: none ran. */
  readonly ready: number;
}

/**
 * Makes an alias name another version: offers it to all who score, and when all are ready switches, in one transaction.
 *
 * @throws AppError `MODEL_REFUSED`, `PRODUCER_FENCED`, `INTERRUPTED`, what `verify` throws: nothing has switched
 */
export async function switchAlias(options: SwitchAliasOptions): Promise<AliasSwitched> {
  const { plan, log } = options;
  const session = await AliasSession.open(options);
  const admin = log.admin();
  const reader = new ControlReader(plan.names.control, log.source());
  try {
    return await new AliasSwitch(options, session, admin, reader).run();
  } finally {
    await Promise.allSettled([session.close(), admin.close(), reader.close()]);
  }
}

class AliasSwitch {
  readonly #options: SwitchAliasOptions;
  readonly #session: AliasSession;
  readonly #admin: LogAdmin;
  readonly #reader: ControlReader;
  readonly #model: string;
  /** Offset of the offer. */
  #number: number | null = null;
  #before: string | null = null;
  #champion: string | null = null;
  /** By which feature set events are taken; null where none ever were. */
  #running: string | null = null;
  /** Keys of answers, whichever offer they were to. */
  readonly #answers = new Set<string>();
  readonly #ready = new Set<string>();

  constructor(options: SwitchAliasOptions, session: AliasSession, admin: LogAdmin, reader: ControlReader) {
    this.#options = options;
    this.#session = session;
    this.#admin = admin;
    this.#reader = reader;
    this.#model = options.plan.predict.model;
  }

  async run(): Promise<AliasSwitched> {
    const { plan, version } = this.#options;
    const asked = await scorerMembers(await scorerSets(plan, this.#admin), this.#admin);
    await this.#session.offer(version, asked);
    try {
      const number = await this.#offered();
      this.#assertRuns();
      await this.#agreed(asked);
      return await this.#switch({ version, number });
    } catch (error) {
      if (isOpen(error)) throw error;
      await this.#session.withdraw(this.#answers).catch(() => undefined);
      throw error;
    }
  }

  /** Reads all that is there up to the offer: it is at the place that numbers the switch. */
  async #offered(): Promise<number> {
    while (this.#number === null) for (const record of await this.#reader.more()) this.#take(record);
    return this.#number;
  }

  /** @throws AppError `MODEL_REFUSED`, `INTERRUPTED` */
  async #agreed(asked: readonly string[]): Promise<void> {
    const { plan, version, clock, verify, onStep } = this.#options;
    const title = `${this.#model} ${version}`;
    if (asked.length === 0) {
      onStep?.(`no scorer runs: ${title} is tried here`);
      return verify(this.#champion);
    }
    onStep?.(`${title} is offered to ${asked.length} ${asked.length === 1 ? 'scorer' : 'scorers'}`);
    const deadlineMs = clock.elapsed() + ANSWER_MS;
    for (;;) {
      this.#assertGoesOn();
      for (const record of await this.#reader.more()) this.#take(record);
      const there = new Set(await scorerMembers(await scorerSets(plan, this.#admin), this.#admin));
      const open = asked.filter((member) => there.has(member) && !this.#ready.has(member));
      if (open.length === 0 && this.#ready.size > 0) return;
      if (open.length === 0) throw refused(`all ${asked.length} who were asked are gone, and none was ready before.`);
      if (clock.elapsed() > deadlineMs) throw refused(`${open.join(', ')} did not answer for ${ANSWER_MS / 1000} s.`);
    }
  }

  /** @throws AppError `PLAN_CHANGED` */
  #assertRuns(): void {
    const { name, featureSet } = this.#options.plan;
    if (this.#running === null || this.#running === featureSet) return;
    throw new AppError(
      'PLAN_CHANGED',
      `events of ${name} are taken by the feature set ${this.#running}, and this pipeline file makes ${featureSet}. Give the file that runs.`,
    );
  }

  #assertGoesOn(): void {
    if (this.#options.signal.aborted) throw new AppError('INTERRUPTED', 'nothing has switched.');
  }

  async #switch(inForce: AliasInForce): Promise<AliasSwitched> {
    const { plan, clock, alias } = this.#options;
    const [before, ready] = [this.#before, this.#ready.size];
    const sets = await scorerSets(plan, this.#admin);
    const decision: AliasDecision = {
      decision: 'alias',
      model: this.#model,
      alias,
      version: inForce.version,
      before,
      number: inForce.number,
      decided_at: new Date(clock.now()).toISOString(),
      decided_by: 'millrace model alias',
      ready,
    };
    await this.#session.switch(inForce, sets, this.#answers, decision).catch((error: unknown) => {
      throw inDoubt(error, this.#model);
    });
    await this.#completed(inForce, sets);
    return { ...inForce, before, ready };
  }

  /** A feature set whose topics have come between the look and the commit has the record as well. */
  async #completed(inForce: AliasInForce, known: readonly ScorerSet[]): Promise<void> {
    const topics = new Set(known.map(({ topic }) => topic));
    const more = (await scorerSets(this.#options.plan, this.#admin)).filter(({ topic }) => !topics.has(topic));
    if (more.length === 0) return;
    await this.#session.repeat(inForce, more);
    await this.#completed(inForce, [...known, ...more]);
  }

  /** @throws AppError `MODEL_REFUSED` */
  #take({ key, value, offset }: InboundRecord): void {
    const name = key?.toString('utf8') ?? '';
    if (name === PLAN_NOTE.running) this.#running = value && read<RunningPlan>(value).feature_set;
    const { alias } = this.#options;
    if (name === ALIAS_NOTE.inForce(this.#model, alias)) this.#before = value && read<AliasInForce>(value).version;
    if (name === ALIAS_NOTE.inForce(this.#model, 'champion'))
      this.#champion = value && read<AliasInForce>(value).version;
    if (name === ALIAS_NOTE.offer(this.#model, alias) && value) this.#offeredBy(read<AliasOffer>(value), offset);
    if (name.startsWith(this.#answerPrefix)) this.#heard(name, value && read<AliasAnswer>(value));
  }

  /** @throws AppError `PRODUCER_FENCED` where somebody else has made another offer since */
  #offeredBy({ run }: AliasOffer, offset: number): void {
    if (run === this.#session.run) this.#number = offset;
    else if (this.#number !== null) throw overtaken();
  }

  #heard(key: string, answer: AliasAnswer | null): void {
    if (answer === null) this.#answers.delete(key);
    else this.#answers.add(key);
    if (answer?.number !== this.#number) return;
    const member = key.slice(this.#answerPrefix.length);
    if (answer.refused !== null) throw refused(`${member} says: ${answer.refused}`);
    this.#ready.add(member);
    this.#options.onStep?.(`${member} is ready`);
  }

  get #answerPrefix(): string {
    return ALIAS_NOTE.answer(this.#model, this.#options.alias, '');
  }
}

function read<T>(value: Buffer): T {
  return JSON.parse(value.toString('utf8')) as T;
}

function refused(why: string): AppError {
  return new AppError('MODEL_REFUSED', why);
}

/** Whether there is nothing to take back any more, or nobody who might: the log does not answer. */
function isOpen(error: unknown): boolean {
  return isAppError(error) && error.class === 'retry' && error.code !== 'MODEL_STORE_UNREACHABLE';
}

/** The commit was sent, and its answer did not come. */
function inDoubt(error: unknown, model: string): unknown {
  if (!isAppError(error) || error.class !== 'retry' || error.code === 'PRODUCER_FENCED') return error;
  const detail = `${error.detail} Whether it has switched, \`millrace model alias ${model}\` shows; to ask for it again does no harm.`;
  return new AppError(error.code, detail, { cause: error });
}
