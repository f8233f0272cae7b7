import type {
  GroupMember,
  Log,
  LogAdmin,
  MemberOptions,
  Publisher,
  RecordSource,
  TransactionalProducer,
  TransactionalProducerOptions,
} from '@millrace/stream';

/** A log whose producers say when they are about to send a transaction, and wait for what comes of it. */
export class AnnouncingLog implements Log {
  readonly description: string;
  readonly #log: Log;
  readonly #beforeCommit: () => Promise<void>;

  constructor(log: Log, beforeCommit: () => Promise<void>) {
    this.description = log.description;
    this.#log = log;
    this.#beforeCommit = beforeCommit;
  }

  admin(): LogAdmin {
    return this.#log.admin();
  }

  source(): RecordSource {
    return this.#log.source();
  }

  publisher(): Publisher {
    return this.#log.publisher();
  }

  member(options: MemberOptions): GroupMember {
    return this.#log.member(options);
  }

  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer {
    return this.#announcing(this.#log.transactionalProducer(options));
  }

  atLeastOnceProducer(): TransactionalProducer {
    return this.#announcing(this.#log.atLeastOnceProducer());
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #announcing(producer: TransactionalProducer): TransactionalProducer {
    return {
      init: () => producer.init(),
      commit: async (records, positions, group) => {
        await this.#beforeCommit();
        await producer.commit(records, positions, group);
      },
      close: () => producer.close(),
    };
  }
}
