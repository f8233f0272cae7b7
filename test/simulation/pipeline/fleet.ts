import { messageOf, isAppError } from '@millrace/core';
import type { ReferenceProfile } from '@millrace/drift';
import { MemoryLog, type MemoryBroker } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import type { FetchedChunk, FetchPosition, Log, Stage } from '@millrace/stream';

import { auditedLog } from '../audit/audited-log.ts';
import type { OffsetAudit } from '../audit/offset-audit.ts';
import type { Violation } from '../audit/violation.ts';
import type { AliasAttempt, Scenario } from '../script/scenario.ts';
import type { Dice } from '../world/dice.ts';
import { Host } from '../world/host.ts';
import type { Network } from '../world/network.ts';
import type { World } from '../world/world.ts';
import { attemptSwitch } from './attempt-switch.ts';
import { Process } from './process.ts';
import { SERVICES, type Service } from './stages.ts';

/** What a planted bug changes: every process's log, or its stage. */
export interface Disguise {
  readonly log?: (log: Log, offsets: OffsetAudit) => Log;
  readonly stage?: (stage: Stage) => Stage;
}

export interface FleetOptions {
  readonly scenario: Scenario;
  readonly world: World;
  readonly network: Network;
  readonly broker: MemoryBroker;
  readonly profile: ReferenceProfile;
  readonly dice: Dice;
  readonly disguise: Disguise;
  readonly offsets: OffsetAudit;
  readonly onFetch: (positions: readonly FetchPosition[], chunks: readonly FetchedChunk[]) => void;
  readonly onViolation: (violation: Violation) => void;
  /** Whether an error that ended a process is what it should have ended with. */
  readonly isForeseen: (error: unknown) => boolean;
}

/** What a supervisor waits before it starts again what has ended. */
const RESTART_MS = 1500;

/** Every simulated process by its role, and who starts them again. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #processes = new Map<string, Process[]>();
  /** Roles of which two processes were run on purpose: one of them may be told to go. */
  readonly #contested = new Set<string>();
  #started = 0;
  #guests = 0;
  #closing = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  startAll(): void {
    for (const service of SERVICES)
      for (let i = 0; i < this.#options.scenario.instances[service]; i++) this.start(`${service}-${i}`);
  }

  /** Another feature set takes over. */
  startNext(): void {
    for (const service of SERVICES)
      for (let i = 0; i < this.#options.scenario.instances[service]; i++) this.start(`${service}-next${i}`);
  }

  start(role: string): Process {
    const { scenario, world, network, broker, profile, dice, disguise, offsets, onFetch } = this.#options;
    const name = `${role}#${++this.#started}`;
    const host = new Host(role, world, dice.fork(name));
    const log = new MemoryLog({ clock: host, broker, carry: network.carryFor(host) });
    const lasting = scenario.named || this.#contested.has(role);
    world.say(() => `${name} starts`);
    const process: Process = new Process({
      plan: role.includes('-next') && scenario.next ? scenario.next.plan : scenario.plan,
      profile,
      service: serviceOf(role),
      host,
      log: auditedLog(disguise.log?.(log, offsets) ?? log, onFetch),
      instanceId: scenario.named ? role : null,
      transactionalId: lasting ? `${scenario.plan.name}.${role}` : `${scenario.plan.name}.${name}`,
      batchRecords: scenario.batchRecords,
      poisons: scenario.poisons,
      ...(disguise.stage && { disguise: disguise.stage }),
      onEnd: (error) => this.#ended(role, process, error),
    });
    this.#processes.set(role, [...this.of(role), process]);
    return process;
  }

  /** Somebody asks for another champion, with the file of the set that runs. */
  attempt(attempt: AliasAttempt, plan: Plan): void {
    const { world, network, broker, dice, onViolation } = this.#options;
    const name = `alias#${++this.#started}`;
    const host = new Host(name, world, dice.fork(name));
    const log = new MemoryLog({ clock: host, broker, carry: network.carryFor(host) });
    attemptSwitch(attempt, plan, { world, host, log }, (error) =>
      onViolation({ kind: 'died', detail: `${name}: ${stackOf(error)}` }),
    );
  }

  /** A role of its own for an instance that comes and goes. */
  guestOf(service: Service): string {
    return `${service}-guest${++this.#guests}`;
  }

  of(role: string): readonly Process[] {
    return this.#processes.get(role) ?? [];
  }

  /** Those that run, or are frozen. */
  all(): readonly Process[] {
    return [...this.#processes.values()].flat();
  }

  newest(role: string): Process | undefined {
    return this.of(role).at(-1);
  }

  contest(role: string): void {
    this.#contested.add(role);
  }

  crash(role: string, process: Process): void {
    this.#options.world.say(() => `${role} crashes`);
    process.host.crash();
    this.#remove(role, process);
  }

  /** From now on whoever ends stays away. */
  close(): void {
    this.#closing = true;
    for (const process of this.all()) process.stop();
  }

  #ended(role: string, process: Process, error: unknown): void {
    const { world, onViolation } = this.#options;
    this.#remove(role, process);
    process.host.crash();
    world.say(() => `${role} ends${error === null ? '' : `: ${messageOf(error)}`}`);
    if (this.#closing) return;
    if (error !== null && !this.#isForeseen(role, error))
      onViolation({ kind: 'died', detail: `${role}: ${stackOf(error)}` });
    if (this.#isStanding(role)) world.after(RESTART_MS, () => this.ensure(role));
  }

  #isForeseen(role: string, error: unknown): boolean {
    if (isAppError(error, 'INSTANCE_FENCED')) return this.#contested.has(role) || this.#hasLateJoins();
    // a set that has given over is not to come back
    if (isAppError(error, 'PLAN_CHANGED')) return this.#options.scenario.next !== null && !role.includes('-next');
    return this.#options.isForeseen(error);
  }

  /** A join that arrives when its sender has long been replaced takes the name once more. */
  #hasLateJoins(): boolean {
    return this.#options.scenario.faults.some(
      (fault) => fault.kind === 'weather' && fault.lateRequests > 0 && (fault.request ?? 'join') === 'join',
    );
  }

  /** Others are guests. */
  #isStanding(role: string): boolean {
    const { instances } = this.#options.scenario;
    return SERVICES.some(
      (service) =>
        role.startsWith(`${service}-`) &&
        Number(role.slice(service.length + 1).replace('next', '')) < instances[service],
    );
  }

  /** What a supervisor does. */
  ensure(role: string): void {
    if (!this.#closing && this.of(role).length === 0) this.start(role);
  }

  #remove(role: string, process: Process): void {
    this.#processes.set(
      role,
      this.of(role).filter((other) => other !== process),
    );
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function serviceOf(role: string): Service {
  return role.slice(0, role.indexOf('-')) as Service;
}
