import type { Plan } from '@millrace/pipeline';

import { siblingOf } from '../pipeline/simulated-plan.ts';
import { SERVICES, type Service } from '../pipeline/stages.ts';
import { Dice } from '../world/dice.ts';
import { drawFaults } from './draw-faults.ts';
import type { Fault } from './fault.ts';
import { drawTraffic, type Arrival, type TrafficSetting } from './traffic.ts';

/** Somebody asks for another champion. */
export interface AliasAttempt {
  /** Virtual milliseconds. */
  readonly atMs: number;
  readonly version: string;
  /** Virtual milliseconds after which whoever asks is killed; null: nobody is. */
  readonly killedAfterMs: number | null;
}

/** All that one run depends on. */
export interface Scenario {
  readonly seed: number;
  readonly plan: Plan;
  readonly traffic: readonly Arrival[];
  readonly setting: TrafficSetting;
  readonly faults: readonly Fault[];
  readonly instances: Readonly<Record<Service, number>>;
  readonly named: boolean;
  readonly batchRecords: number;
  /** When the instances start, virtual milliseconds. */
  readonly startsMs: number;
  /** The log forgets at every commit what no marker needs any more, as the embedded log of `npm start` does. */
  readonly trims: boolean;
  /** Another feature set takes over: its instances start then, virtual milliseconds. Null: none does. */
  readonly next: { readonly plan: Plan; readonly startsMs: number } | null;
  /** Another version becomes champion, or is to: whoever asks for it may be killed. */
  readonly switches: readonly AliasAttempt[];
  /** Some records make a stage fail. What fails while windows are filled again has two dead letters, so not with `next`. */
  readonly poisons: boolean;
}

const ONE_EACH = { ingest: 1, feature: 1, scorer: 1, monitor: 1 };
/** Faults begin up to so long after the last event. */
const FAULTS_BEHIND_MS = 1500;
const LAST_WATERMARKS_MS = 3800;
const REPLAY_RECORDS = 500;
const MOST_SWITCHES = 4;

/** Partitions of `<p>.events`; many of them are few of a service's events each. */
const INPUTS = [1, 2, 2, 3, 4, 16];
const INSTANCES = [1, 1, 2, 2, 3];

/** @param plans by the number of their partitions */
export function drawScenario(seed: number, plans: ReadonlyMap<number, Plan>): Scenario {
  const dice = new Dice(seed);
  const promise = dice.chance(0.5);
  const plan = plans.get(dice.int(2, 3)) as Plan;
  const setting = {
    inputs: promise ? dice.pick(INPUTS) : 1,
    promise,
    events: dice.skewed(20, 80),
    lastsMs: dice.skewed(2000, 8000),
    speed: promise && dice.chance(0.4) ? 20 : 1,
  };
  const instances = Object.fromEntries(SERVICES.map((service) => [service, dice.pick(INSTANCES)])) as Record<
    Service,
    number
  >;
  const named = dice.chance(0.5);
  const [batchRecords, trims] = [dice.pick([3, 10, 500]), dice.chance(0.4)];
  const traffic = drawTraffic(plan, dice.fork('traffic'), setting);
  const faultsEndMs = Math.round(setting.lastsMs / setting.speed) + FAULTS_BEHIND_MS;
  const change = dice.fork('plan change');
  const next = change.chance(0.3) ? { plan: siblingOf(plan), startsMs: change.int(0, faultsEndMs) } : null;
  const drawn = drawFaults(dice.fork('faults'), { instances, named, lastsMs: faultsEndMs });
  const faults = next === null ? drawn : drawn.map((fault) => onEither(fault, next.startsMs, change));
  const known = { seed, plan, traffic, setting, faults, instances, named, batchRecords, startsMs: 0, trims };
  return { ...known, next, switches: drawSwitches(dice.fork('aliases'), faultsEndMs), poisons: next === null };
}

function drawSwitches(dice: Dice, lastsMs: number): readonly AliasAttempt[] {
  const count = dice.chance(0.5) ? dice.int(1, MOST_SWITCHES) : 0;
  return Array.from({ length: count }, () => ({
    atMs: dice.int(0, lastsMs),
    version: dice.pick(['1', '2', '3']),
    killedAfterMs: dice.chance(0.3) ? dice.int(1, 2500) : null,
  }));
}

/** Instances of the set that takes over are hurt as often as those before them. */
function onEither(fault: Fault, fromMs: number, dice: Dice): Fault {
  if (!('role' in fault) || fault.role === null || fault.atMs < fromMs || dice.chance(0.5)) return fault;
  return { ...fault, role: fault.role.replace('-', '-next') };
}

/** When the last event, and the last watermark behind it, have been written: virtual milliseconds. */
export function trafficEndsMs({ setting }: Pick<Scenario, 'setting'>): number {
  return (setting.lastsMs + LAST_WATERMARKS_MS) / setting.speed;
}

/**
 * The same events, one instance of each service, and nothing goes wrong. They start when all has been written: a replay
 * in a few large batches gives the same, and is the least alike to what it is compared with.
 */
export function undisturbed(scenario: Scenario): Scenario {
  return {
    ...scenario,
    faults: [],
    instances: ONE_EACH,
    named: false,
    batchRecords: REPLAY_RECORDS,
    startsMs: trafficEndsMs(scenario),
    trims: false,
    next: null,
    switches: [],
  };
}
