import type { MemoryBroker } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';
import { decodeMarker, type CommittedPosition, type Stage, type TaskState } from '@millrace/stream';

import { groupIdOf, type Process } from '../pipeline/process.ts';
import { createReplayStage, SERVICES, type Service } from '../pipeline/stages.ts';
import { taskKey, type OpenTask } from '../pipeline/watched-stage.ts';
import type { Archive } from './archive.ts';
import { probe } from './probe.ts';
import type { Violation } from './violation.ts';

type Committed = ReadonlyMap<string, CommittedPosition | null>;

/** Services whose states are made of records alone: ingest's clocks go with the wall clock. */
const REPLAYABLE: readonly Service[] = ['feature', 'monitor'];

/** Compares states that have lived through a run with what a restart, and a replay from zero, would make of the log. */
export class StateAudit {
  readonly #plan: Plan;
  readonly #poisons: boolean;
  readonly #broker: MemoryBroker;
  readonly #archive: Archive;

  constructor(plan: Plan, poisons: boolean, broker: MemoryBroker, archive: Archive) {
    this.#plan = plan;
    this.#poisons = poisons;
    this.#broker = broker;
    this.#archive = archive;
  }

  check(processes: readonly Process[]): readonly Violation[] {
    return SERVICES.filter((service) => REPLAYABLE.includes(service)).flatMap((service) => {
      const owners = processes.filter((process) => process.service === service && process.plan === this.#plan);
      return owners
        .filter(({ isRestored }) => isRestored)
        .flatMap((owner) =>
          [...owner.stage.tasks.values()]
            .filter(({ partitions }) =>
              owners.every((other) => other === owner || !other.stage.tasks.has(taskKey(partitions))),
            )
            .flatMap((task) => this.#checkTask(owner, task)),
        );
    });
  }

  #checkTask({ service, stage }: Process, { partitions, state }: OpenTask): readonly Violation[] {
    const committed = this.#settled(service, partitions, state);
    if (committed === null) return [];
    const lived = this.#look(stage.inner, state, partitions);
    const restored = this.#restored(service, partitions, committed);
    const replayed = this.#replayed(service, partitions, committed);
    const found = [...different('a restart', lived, restored), ...different('a replay from zero', lived, replayed)];
    return found.map((detail) => ({ kind: 'other-state', detail: `${taskKey(partitions)}: ${detail}` }));
  }

  /** Null while a transaction of the task is under way, or where its ledger would have to be read. */
  #settled(service: Service, partitions: readonly TopicPartition[], state: TaskState): Committed | null {
    if (state.savepoint() !== 0 || partitions.some(({ topic }) => topic === this.#plan.names.counts)) return null;
    try {
      return this.#broker.group(groupIdOf(this.#plan, service)).offsets.stable(partitions);
    } catch {
      return null;
    }
  }

  #restored(service: Service, partitions: readonly TopicPartition[], committed: Committed): Look {
    const stage = createReplayStage(service, this.#plan, this.#poisons);
    const state = stage.open(partitions);
    const positions = partitions.flatMap((at) => {
      const position = committed.get(partitionKey(at));
      const marker = position && decodeMarker(position.metadata);
      return position && marker ? [{ at, offset: position.offset, marker }] : [];
    });
    void state.load(new Map(positions.map(({ at, marker }) => [partitionKey(at), marker.body])));
    for (const { at, offset, marker } of positions) state.restore(this.#archive.between(at, marker.keepFrom, offset));
    state.restored();
    state.settle();
    return this.#look(stage, state, partitions);
  }

  #replayed(service: Service, partitions: readonly TopicPartition[], committed: Committed): Look {
    const stage = createReplayStage(service, this.#plan, this.#poisons);
    const state = stage.open(partitions);
    for (const at of partitions)
      for (const record of this.#archive.between(at, 0, committed.get(partitionKey(at))?.offset ?? 0))
        processOne(stage, state, record);
    return this.#look(stage, state, partitions);
  }

  #look(stage: Stage, state: TaskState, partitions: readonly TopicPartition[]): Look {
    const bodies = partitions.map((at) => Buffer.from(state.marker(at).body));
    return {
      // speakers of a clock may be written down in any order: as many bytes of each kind
      bodies: bodies.map((body) => body.toSorted().toString()).join(' '),
      answers: probe(this.#plan, stage, state, partitions).join('\n'),
    };
  }
}

/** What can be seen of a state. What it keeps is not compared: what is dropped late shows in no answer. */
interface Look {
  readonly bodies: string;
  readonly answers: string;
}

/** A record that fails leaves nothing behind. */
function processOne(stage: Stage, state: TaskState, record: InboundRecord): void {
  try {
    void stage.process([record]);
    state.settle();
  } catch {
    state.rollback(0);
  }
}

function different(from: string, lived: Look, other: Look): readonly string[] {
  const found: string[] = [];
  if (lived.bodies !== other.bodies) found.push(`its marker is ${lived.bodies}, that of ${from} ${other.bodies}`);
  if (lived.answers !== other.answers)
    found.push(`it answers otherwise than ${from}: ${firstDifference(lived.answers, other.answers)}`);
  return found;
}

function firstDifference(a: string, b: string): string {
  const [mine, theirs] = [a.split('\n'), b.split('\n')];
  const at = mine.findIndex((line, i) => line !== theirs[i]);
  return `${mine[at] ?? 'nothing'} / ${theirs[at] ?? 'nothing'}`;
}
