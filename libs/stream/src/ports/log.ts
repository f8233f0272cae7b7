import type { GroupMember, MemberOptions } from './group-member.ts';
import type { LogAdmin } from './log-admin.ts';
import type { Publisher } from './publisher.ts';
import type { RecordSource } from './record-source.ts';
import type { TransactionalProducer, TransactionalProducerOptions } from './transactional-producer.ts';

/**
 * A partitioned log with Kafka's semantics. Two adapters: `@millrace/kafka`, `@millrace/memory-log`.
 *
 * All that is handed out connects lazily and connects again by itself on the next call after an error. Errors are
 * `AppError`s of class `retry`, `rejoin`, `fatal` or `poison` (`RECORD_REFUSED`: the broker does not take a record).
 */
export interface Log {
  /** For people: `Kafka at localhost:9092`, `the embedded log`. */
  readonly description: string;
  admin(): LogAdmin;
  source(): RecordSource;
  publisher(): Publisher;
  member(options: MemberOptions): GroupMember;
  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer;
  /**
   * For `delivery: at_least_once`: without a transaction, so no reader waits for its end and an error leaves records
   * behind that will come again. Its `commit` writes the records, all of them acknowledged, topic by topic in the order in
   * which the topics first appear (so that what a reader of one leads to never overtakes what was to be written before),
   * and then the positions, which the group refuses of a member of an old generation. Its `init` fences nobody.
   */
  atLeastOnceProducer(): TransactionalProducer;
  /** Closes every connection that is still open. */
  close(): Promise<void>;
}
