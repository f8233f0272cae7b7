import { BrokerRefusal } from './broker-refusal.ts';

/** Where a transaction leaves its mark at its end: a partition, or a group's offsets. */
export interface Participant {
  readonly name: string;
  end(writer: string, committed: boolean): void;
}

/** Which producer of an id speaks. */
export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly epoch: number;
}

interface Transaction {
  readonly id: string;
  epoch: number;
  timeoutMs: number;
  /** `ending`: decided, but not yet known to all participants. */
  state: 'none' | 'open' | 'ending';
  /** How the latest one ended. */
  committed: boolean | null;
  deadlineMs: number;
  readonly participants: Map<string, Participant>;
  /** Participants that do not know the end yet. */
  untold: number;
}

/** Brings the coordinator's decision to a participant: at once, unless a simulation lets it take time. */
export type TellEnd = (participant: string, tell: () => void) => void;

/**
 * The transaction coordinator: epochs that fence, one open transaction per id, and its time-out. An end is decided first
 * and told to every partition and group afterwards; until all know it, the id is busy (`CONCURRENT_TRANSACTIONS`).
 */
export class MemoryTransactions {
  readonly #transactions = new Map<string, Transaction>();
  readonly #tell: TellEnd;
  readonly #onDeadline: (atMs: number) => void;

  constructor(tell: TellEnd, onDeadline: (atMs: number) => void) {
    this.#tell = tell;
    this.#onDeadline = onDeadline;
  }

  /** Fences every earlier producer of the id and aborts its open transaction. */
  init(id: string, timeoutMs: number): ProducerIdentity {
    const found = this.#transactions.get(id);
    if (!found) return this.#first(id, timeoutMs);
    found.timeoutMs = timeoutMs;
    found.epoch++;
    if (found.state === 'open') this.#end(found, false);
    assertSettled(found);
    found.committed = null;
    return { transactionalId: id, epoch: found.epoch };
  }

  /** The first one begins a transaction. */
  add(producer: ProducerIdentity, participants: readonly Participant[], nowMs: number): void {
    const transaction = this.#current(producer);
    assertSettled(transaction);
    if (transaction.state === 'none') {
      transaction.state = 'open';
      transaction.deadlineMs = nowMs + transaction.timeoutMs;
      this.#onDeadline(transaction.deadlineMs);
    }
    for (const participant of participants) transaction.participants.set(participant.name, participant);
  }

  /** @throws BrokerRefusal where the transaction is over, or has not been told of the participant */
  assertTakesPart(producer: ProducerIdentity, participants: Iterable<string>): void {
    const transaction = this.#current(producer);
    for (const name of participants) {
      if (transaction.state === 'open' && transaction.participants.has(name)) continue;
      throw new BrokerRefusal('INVALID_TXN_STATE', `${name} is not in an open transaction of ${transaction.id}`);
    }
  }

  /** Asked again with the same end it answers as before. */
  end(producer: ProducerIdentity, committed: boolean): void {
    const transaction = this.#current(producer);
    assertSettled(transaction);
    if (transaction.state === 'open') this.#end(transaction, committed);
    else if (transaction.committed !== committed)
      throw new BrokerRefusal('INVALID_TXN_STATE', `no transaction of ${transaction.id} is open`);
  }

  /** Aborts what is open for too long, fencing its producer. @returns the next deadline */
  expire(nowMs: number): number | null {
    let next: number | null = null;
    for (const transaction of this.#transactions.values()) {
      if (transaction.state !== 'open') continue;
      if (transaction.deadlineMs <= nowMs) {
        transaction.epoch++;
        this.#end(transaction, false);
      } else next = Math.min(next ?? Infinity, transaction.deadlineMs);
    }
    return next;
  }

  #first(id: string, timeoutMs: number): ProducerIdentity {
    const participants = new Map<string, Participant>();
    this.#transactions.set(id, {
      id,
      epoch: 0,
      timeoutMs,
      state: 'none',
      committed: null,
      deadlineMs: 0,
      participants,
      untold: 0,
    });
    return { transactionalId: id, epoch: 0 };
  }

  #current({ transactionalId, epoch }: ProducerIdentity): Transaction {
    const found = this.#transactions.get(transactionalId);
    if (found?.epoch === epoch) return found;
    throw new BrokerRefusal('INVALID_PRODUCER_EPOCH', `epoch ${epoch} of ${transactionalId}, now ${found?.epoch}`);
  }

  #end(transaction: Transaction, committed: boolean): void {
    const participants = [...transaction.participants.values()];
    transaction.participants.clear();
    transaction.state = 'ending';
    transaction.committed = committed;
    transaction.untold = participants.length;
    if (participants.length === 0) transaction.state = 'none';
    for (const participant of participants) {
      this.#tell(participant.name, () => {
        participant.end(transaction.id, committed);
        if (--transaction.untold === 0) transaction.state = 'none';
      });
    }
  }
}

function assertSettled({ id, state }: Transaction): void {
  if (state === 'ending')
    throw new BrokerRefusal('CONCURRENT_TRANSACTIONS', `the end of a transaction of ${id} is being written`);
}
