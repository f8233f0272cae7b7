import type { MemoryBroker } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import { PLAN_NOTE, type InboundRecord, type RunningPlan, type TopicPartition } from '@millrace/records';
import type { CommitPosition, FetchedChunk, FetchPosition } from '@millrace/stream';

import { groupIdOf, type Process } from '../pipeline/process.ts';
import { SERVICES } from '../pipeline/stages.ts';
import type { World } from '../world/world.ts';
import { allPartitions } from './all-partitions.ts';
import { Archive } from './archive.ts';
import { checkFetch } from './check-fetch.ts';
import { checkVersions } from './check-versions.ts';
import { compareOutputs } from './compare-outputs.ts';
import { LagWatch } from './lag-watch.ts';
import { OffsetAudit } from './offset-audit.ts';
import { OUTPUT_KINDS, outputIdentity, outputTopics, readOutputs, type OutputKind, type Outputs } from './outputs.ts';
import { StateAudit } from './state-audit.ts';
import type { Violation } from './violation.ts';

/** Watches a run from the outside: every commit, every fetch, every output, and at the end every state. */
export class Auditor {
  readonly violations: Violation[] = [];
  readonly offsets = new OffsetAudit();
  readonly #world: World;
  readonly #plan: Plan;
  /** One takes over from the other. */
  readonly #plans: readonly Plan[];
  readonly #poisons: boolean;
  readonly #broker: MemoryBroker;
  readonly #expected: Outputs | null;
  readonly #archive: Archive;
  readonly #lag: LagWatch;
  readonly #counts = { predictions: 0, examples: 0, outcomes: 0, deadLetters: 0 };
  readonly #seen = new Set<string>();
  /** By which set events are taken, as it was noted last. */
  #running: string | null = null;

  /** @param expected of the undisturbed run; null: this is it */
  constructor(world: World, plans: readonly Plan[], poisons: boolean, broker: MemoryBroker, expected: Outputs | null) {
    this.#world = world;
    const plan = plans[0] as Plan;
    this.#plan = plan;
    this.#plans = plans;
    this.#poisons = poisons;
    this.#broker = broker;
    this.#expected = expected;
    const kinds = new Map(OUTPUT_KINDS.map((kind) => [outputTopics(plan)[kind], kind]));
    const partitions = allPartitions(broker);
    this.#archive = new Archive(broker, partitions, (record) => {
      this.#hash(record);
      if (record.topic === plan.names.control) this.#noteRunning(record);
      const kind = kinds.get(record.topic);
      if (kind) this.#count(kind, outputIdentity(kind, record));
    });
    this.#lag = new LagWatch(plans, partitions, this.#archive, this.offsets);
  }

  note(violation: Violation | null): void {
    if (!violation) return;
    this.#world.say(() => `VIOLATION ${violation.kind}: ${violation.detail}`);
    this.violations.push(violation);
    // so that the trace ends where it happened; whether a death does any harm is seen a while later
    if (violation.kind !== 'died') this.#world.end();
  }

  fetched(positions: readonly FetchPosition[], chunks: readonly FetchedChunk[]): void {
    this.note(checkFetch(this.#archive, positions, chunks));
  }

  /** By which feature set events are taken; null before anybody has said so. */
  get running(): string | null {
    return this.#running;
  }

  /** What the groups that read a partition have committed. */
  committed(at: TopicPartition): readonly CommitPosition[] {
    return this.#plans.flatMap((plan) =>
      SERVICES.flatMap((service) => this.offsets.committed(groupIdOf(plan, service), at) ?? []),
    );
  }

  checkStates(processes: readonly Process[]): void {
    for (const plan of this.#plans) {
      const audit = new StateAudit(plan, this.#poisons, this.#broker, this.#archive);
      for (const violation of audit.check(processes)) this.note(violation);
    }
  }

  /** What is not there yet: outputs of the undisturbed run, and commits of what was there when this was asked before. */
  missing(): readonly string[] {
    const answers = this.#plans.at(-1)?.featureSet;
    const switched = this.#running === answers ? [] : [`the switch from ${this.#running} to ${answers}`];
    return [...switched, ...this.#missingOutputs(), ...this.#lag.look()];
  }

  outputs(): Outputs {
    return readOutputs(this.#plan, (at) => this.#archive.all(at));
  }

  compare(outputs: Outputs): void {
    if (!this.#expected) return;
    for (const violation of compareOutputs(outputs, this.#expected)) this.note(violation);
    for (const violation of checkVersions(this.#plans, (at) => this.#archive.all(at))) this.note(violation);
  }

  #noteRunning({ key, value }: InboundRecord): void {
    if (String(key) === PLAN_NOTE.running) this.#running = (JSON.parse(String(value)) as RunningPlan).feature_set;
  }

  #missingOutputs(): readonly string[] {
    const expected = this.#expected;
    if (!expected) return [];
    const short = OUTPUT_KINDS.filter((kind) => this.#counts[kind] < expected[kind].length);
    return short.map((kind) => `${kind}: ${this.#counts[kind]} of ${expected[kind].length}`);
  }

  #hash({ topic, offset, value }: InboundRecord): void {
    this.#world.trace.text(topic);
    this.#world.trace.number(offset);
    if (value) this.#world.trace.bytes(value);
  }

  /** @param identity what must be there once; null: it may come again */
  #count(kind: OutputKind, identity: string | null): void {
    this.#counts[kind]++;
    if (identity === null) return;
    if (this.#seen.has(`${kind} ${identity}`)) this.note({ kind: 'duplicate', detail: `${kind}: ${identity}` });
    this.#seen.add(`${kind} ${identity}`);
  }
}
