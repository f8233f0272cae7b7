import { MemoryBroker } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import type { TopicPartition } from '@millrace/records';
import { decodeMarker, type CommitPosition } from '@millrace/stream';

import { Archive } from './audit/archive.ts';
import { checkFetch } from './audit/check-fetch.ts';
import { compareOutputs } from './audit/compare-outputs.ts';
import { OffsetAudit } from './audit/offset-audit.ts';
import {
  OUTPUT_KINDS,
  outputIdentity,
  outputTopics,
  readOutputs,
  type OutputKind,
  type Outputs,
} from './audit/outputs.ts';
import { StateAudit } from './audit/state-audit.ts';
import type { Violation } from './audit/violation.ts';
import { isZombiesGap } from './audit/zombies-gap.ts';
import { Fleet, type Disguise } from './pipeline/fleet.ts';
import { groupIdOf } from './pipeline/process.ts';
import { simulatedProfile } from './pipeline/simulated-profile.ts';
import { SERVICES } from './pipeline/stages.ts';
import { applyFault } from './script/apply-fault.ts';
import { promiseRecords } from './script/promise-records.ts';
import type { Scenario } from './script/scenario.ts';
import { Dice } from './world/dice.ts';
import { MarkerDelays } from './world/marker-delays.ts';
import { Network } from './world/network.ts';
import { Trace } from './world/trace.ts';
import { WorldClock } from './world/world-clock.ts';
import { World } from './world/world.ts';

/** After the last fault and the last event everything must drain within so much virtual time. */
const LIVENESS_MS = 150_000;
const LOOK_MS = 500;
/** How long to go on when all is there: what comes twice comes late. */
const QUIET_MS = 2500;

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly outputs: Outputs;
  /** Of everything that happened. */
  readonly hash: string;
  readonly happened: number;
  readonly virtualMs: number;
  readonly tail: readonly string[];
}

export interface SimulationOptions {
  /** Of the undisturbed run; absent: this is it. */
  readonly expected?: Outputs;
  readonly disguise?: Disguise;
  /** How many of the latest lines of its trace to keep. */
  readonly traceLines?: number;
}

/** One run of a scenario from its beginning until everything has drained. */
export class Simulation {
  readonly #scenario: Scenario;
  readonly #options: SimulationOptions;
  readonly #world: World;
  readonly #broker: MemoryBroker;
  readonly #fleet: Fleet;
  readonly #network: Network;
  readonly #markers: MarkerDelays;
  readonly #archive: Archive;
  readonly #offsets = new OffsetAudit();
  readonly #violations: Violation[] = [];
  readonly #counts = { predictions: 0, examples: 0, outcomes: 0, deadLetters: 0 };
  readonly #seen = new Set<string>();

  constructor(scenario: Scenario, options: SimulationOptions = {}) {
    this.#scenario = scenario;
    this.#options = options;
    const world = (this.#world = new World(new Trace(options.traceLines ?? 0)));
    const dice = new Dice(scenario.seed).fork('world');
    this.#network = new Network(world);
    this.#markers = new MarkerDelays(world, dice.fork('markers'));
    const internal = `${scenario.plan.name}.${scenario.plan.featureSet}.`;
    this.#broker = new MemoryBroker({
      clock: new WorldClock(world),
      tellEnd: this.#markers.tellEnd,
      trims: (topic) => scenario.trims && topic.startsWith(internal),
      onCommitted: (groupId, positions) => this.#note(this.#offsets.note(groupId, positions)),
    });
    for (const spec of topicSpecs(scenario.plan))
      this.#broker.topics.create(
        spec.topic === scenario.plan.names.events ? { ...spec, partitions: scenario.setting.inputs } : spec,
      );
    const kinds = new Map(OUTPUT_KINDS.map((kind) => [outputTopics(scenario.plan)[kind], kind]));
    this.#archive = new Archive(this.#broker, this.#partitions(), (record) => {
      world.trace.text(record.topic);
      world.trace.number(record.offset);
      if (record.value) world.trace.bytes(record.value);
      const kind = kinds.get(record.topic);
      if (kind) this.#count(kind, outputIdentity(kind, record));
    });
    this.#fleet = new Fleet({
      scenario,
      world,
      network: this.#network,
      broker: this.#broker,
      profile: profileOf(scenario.plan),
      dice,
      disguise: options.disguise ?? {},
      offsets: this.#offsets,
      onFetch: (positions, chunks) => this.#note(checkFetch(this.#archive, positions, chunks)),
      onViolation: (violation) => this.#note(violation),
      isForeseen: (error) => isZombiesGap(error, (at) => this.#committed(at)),
    });
  }

  async run(): Promise<Verdict> {
    const { traffic, faults } = this.#scenario;
    const world = this.#world;
    this.#fleet.startAll();
    for (const { atMs, record } of [...promiseRecords(this.#scenario), ...traffic])
      world.at(atMs, () => this.#broker.publish([record]));
    const targets = {
      world,
      network: this.#network,
      fleet: this.#fleet,
      markers: this.#markers,
      cut: (needed: boolean) => this.#cut(needed),
    };
    const overMs = Math.max(
      this.#scenario.setting.lastsMs + 3800,
      ...faults.map((fault) => applyFault(fault, targets)),
    );
    world.at(overMs, () => this.#look(overMs + LIVENESS_MS, null));
    await world.run();
    this.#broker.close();
    const outputs = readOutputs(this.#scenario.plan, (at) => this.#archive.all(at));
    const compared = this.#options.expected ? compareOutputs(outputs, this.#options.expected) : [];
    return {
      violations: [...this.#violations, ...compared],
      outputs,
      hash: world.trace.hash,
      happened: world.happened,
      virtualMs: world.nowMs,
      tail: world.trace.tail,
    };
  }

  /** Has it drained? Then, a while later, the end. */
  #look(untilMs: number, drainedMs: number | null): void {
    const world = this.#world;
    if (this.#violations.length > 0) return world.end();
    const since = this.#isDrained() ? (drainedMs ?? world.nowMs) : null;
    if (since !== null && world.nowMs - since >= QUIET_MS) return this.#close();
    if (world.nowMs > untilMs) {
      this.#note({ kind: 'stuck', detail: [this.#missing(), ...this.#behind()].join('; ') });
      return world.end();
    }
    world.after(LOOK_MS, () => this.#look(untilMs, since));
  }

  /** Their states are looked at; then the processes are asked to end. */
  #close(): void {
    const audit = new StateAudit(this.#scenario.plan, this.#broker, this.#archive);
    for (const violation of audit.check(this.#fleet.all())) this.#note(violation);
    this.#fleet.close();
    this.#whenEnded(this.#world.nowMs + LIVENESS_MS);
  }

  #whenEnded(untilMs: number): void {
    if (this.#fleet.all().length > 0 && this.#world.nowMs < untilMs) {
      this.#world.after(LOOK_MS, () => this.#whenEnded(untilMs));
      return;
    }
    if (this.#fleet.all().length > 0)
      this.#note({ kind: 'stuck', detail: 'a process does not end when it is asked to' });
    this.#world.end();
  }

  #isDrained(): boolean {
    return this.#missing() === '' && this.#behind().length === 0;
  }

  /** What the undisturbed run has and this one does not yet have, in short. */
  #missing(): string {
    const { expected } = this.#options;
    if (!expected) return '';
    const topics = outputTopics(this.#scenario.plan);
    const short = OUTPUT_KINDS.filter((kind) => this.#counts[kind] < expected[kind].length);
    return short.map((kind) => `${topics[kind]}: ${this.#counts[kind]} of ${expected[kind].length}`).join(', ');
  }

  /** Partitions with records that the group which reads them has not committed. */
  #behind(): readonly string[] {
    const { plan } = this.#scenario;
    const reads = {
      ingest: [plan.names.events],
      feature: plan.stages.map(({ topic }) => topic),
      scorer: [plan.names.features],
      monitor: [plan.names.scored, plan.names.joinOutcomes, plan.names.counts],
    };
    return SERVICES.flatMap((service) =>
      this.#partitions()
        .filter(({ topic }) => reads[service].includes(topic))
        .filter((at) => {
          const offset = this.#offsets.committed(groupIdOf(plan, service), at)?.offset ?? 0;
          return this.#archive.between(at, offset, Infinity).length > 0;
        })
        .map(({ topic, partition }) => `${service} on ${topic}/${partition}`),
    );
  }

  #cut(needed: boolean): void {
    const { plan } = this.#scenario;
    const internal = `${plan.name}.${plan.featureSet}.`;
    for (const at of this.#partitions().filter(({ topic }) => topic.startsWith(internal))) {
      const kept = this.#committed(at).map(({ offset, metadata }) =>
        needed ? offset : (decodeMarker(metadata)?.keepFrom ?? 0),
      );
      if (kept.length > 0) this.#broker.topics.partition(at).trim(Math.min(...kept));
    }
  }

  /** What the groups that read a partition have committed. */
  #committed(at: TopicPartition): readonly CommitPosition[] {
    return SERVICES.flatMap((service) => this.#offsets.committed(groupIdOf(this.#scenario.plan, service), at) ?? []);
  }

  #partitions(): readonly TopicPartition[] {
    return this.#broker.topics.names().flatMap((topic) =>
      Array.from({ length: this.#broker.topics.spec(topic)?.partitions ?? 0 }, (_, partition) => ({
        topic,
        partition,
      })),
    );
  }

  /** @param identity what must be there once; null: it may come again */
  #count(kind: OutputKind, identity: string | null): void {
    this.#counts[kind]++;
    if (identity === null) return;
    if (this.#seen.has(`${kind} ${identity}`)) this.#note({ kind: 'duplicate', detail: `${kind}: ${identity}` });
    this.#seen.add(`${kind} ${identity}`);
  }

  #note(violation: Violation | null): void {
    if (!violation) return;
    this.#world.say(() => `VIOLATION ${violation.kind}: ${violation.detail}`);
    this.#violations.push(violation);
  }
}

const profiles = new WeakMap<Plan, ReturnType<typeof simulatedProfile>>();

function profileOf(plan: Plan): ReturnType<typeof simulatedProfile> {
  const known = profiles.get(plan) ?? simulatedProfile(plan);
  profiles.set(plan, known);
  return known;
}
