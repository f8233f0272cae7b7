import type { MemoryBroker } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';

import { Auditor } from './audit/auditor.ts';
import type { Outputs } from './audit/outputs.ts';
import type { Violation } from './audit/violation.ts';
import { isZombiesGap } from './audit/zombies-gap.ts';
import { Fleet, type Disguise } from './pipeline/fleet.ts';
import { cutInternal, simulatedBroker } from './pipeline/simulated-broker.ts';
import { simulatedProfile } from './pipeline/simulated-profile.ts';
import { applyFault } from './script/apply-fault.ts';
import { promiseRecords } from './script/promise-records.ts';
import { trafficEndsMs, type Scenario } from './script/scenario.ts';
import { Dice } from './world/dice.ts';
import { MarkerDelays } from './world/marker-delays.ts';
import { Network } from './world/network.ts';
import { Trace } from './world/trace.ts';
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
  readonly #world: World;
  readonly #network: Network;
  readonly #markers: MarkerDelays;
  readonly #broker: MemoryBroker;
  readonly #auditor: Auditor;
  readonly #fleet: Fleet;
  readonly #isCompared: boolean;

  constructor(scenario: Scenario, { expected, disguise = {}, traceLines = 0 }: SimulationOptions = {}) {
    const { plan, next, seed } = scenario;
    const dice = new Dice(seed).fork('world');
    this.#scenario = scenario;
    this.#isCompared = expected !== undefined;
    this.#world = new World(new Trace(traceLines));
    this.#network = new Network(this.#world);
    this.#markers = new MarkerDelays(this.#world, dice.fork('markers'));
    this.#broker = simulatedBroker(scenario, this.#world, this.#markers, (groupId, positions) =>
      this.#auditor.note(this.#auditor.offsets.note(groupId, positions)),
    );
    const plans = next === null ? [plan] : [plan, next.plan];
    this.#auditor = new Auditor(this.#world, plans, scenario.poisons, this.#broker, expected ?? null);
    this.#fleet = new Fleet({
      scenario,
      world: this.#world,
      network: this.#network,
      broker: this.#broker,
      profile: simulatedProfile(plan),
      dice,
      disguise,
      offsets: this.#auditor.offsets,
      onFetch: (positions, chunks) => this.#auditor.fetched(positions, chunks),
      onViolation: (violation) => this.#auditor.note(violation),
      isForeseen: (error) => isZombiesGap(error, (at) => this.#auditor.committed(at)),
    });
  }

  async run(): Promise<Verdict> {
    const world = this.#world;
    this.#planTraffic();
    const { startsMs, next, switches } = this.#scenario;
    world.at(startsMs, () => this.#fleet.startAll());
    if (next) world.at(next.startsMs, () => this.#startNext());
    for (const attempt of switches) world.at(attempt.atMs, () => this.#fleet.attempt(attempt, this.#runningPlan()));
    const overMs = Math.max(trafficEndsMs(this.#scenario), next?.startsMs ?? 0, ...this.#planFaults());
    world.at(overMs, () => this.#look(overMs + LIVENESS_MS, null));
    await world.run();
    this.#broker.close();
    const outputs = this.#auditor.outputs();
    this.#auditor.compare(outputs);
    const { happened, nowMs: virtualMs, trace } = world;
    return { violations: this.#auditor.violations, outputs, hash: trace.hash, happened, virtualMs, tail: trace.tail };
  }

  /** Once the other one takes events: it would be that one that takes over. */
  #startNext(): void {
    if (this.#auditor.running === null) this.#world.after(LOOK_MS, () => this.#startNext());
    else this.#fleet.startNext();
  }

  #runningPlan(): Plan {
    const { plan, next } = this.#scenario;
    return next !== null && this.#auditor.running === next.plan.featureSet ? next.plan : plan;
  }

  #planTraffic(): void {
    for (const { atMs, record } of [...promiseRecords(this.#scenario), ...this.#scenario.traffic])
      this.#world.at(atMs, () => this.#broker.publish([record]));
  }

  /** @returns when each is over */
  #planFaults(): readonly number[] {
    const [world, network, fleet, markers] = [this.#world, this.#network, this.#fleet, this.#markers];
    const cut = (needed: boolean): void => cutInternal(this.#scenario.plan, this.#broker, this.#auditor, needed);
    return this.#scenario.faults.map((fault) => applyFault(fault, { world, network, fleet, markers, cut }));
  }

  /** Has it drained? Then, a while later, the end. */
  #look(untilMs: number, drainedMs: number | null): void {
    const world = this.#world;
    if (this.#auditor.violations.length > 0) return world.end();
    const missing = this.#auditor.missing();
    const since = missing.length === 0 ? (drainedMs ?? world.nowMs) : null;
    if (since !== null && world.nowMs - since >= QUIET_MS) return this.#close();
    if (world.nowMs > untilMs) {
      this.#auditor.note({ kind: 'stuck', detail: missing.join('; ') });
      return world.end();
    }
    world.after(LOOK_MS, () => this.#look(untilMs, since));
  }

  /** Their states are looked at, but for those of a replay; then the processes are asked to end. */
  #close(): void {
    if (this.#isCompared) this.#auditor.checkStates(this.#fleet.all());
    this.#fleet.close();
    this.#whenEnded(this.#world.nowMs + LIVENESS_MS);
  }

  #whenEnded(untilMs: number): void {
    const isOver = this.#fleet.all().length === 0;
    if (!isOver && this.#world.nowMs < untilMs) {
      this.#world.after(LOOK_MS, () => this.#whenEnded(untilMs));
      return;
    }
    if (!isOver) this.#auditor.note({ kind: 'stuck', detail: 'a process does not end when it is asked to' });
    this.#world.end();
  }
}
