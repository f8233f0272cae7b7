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

import type { ConnectionSettings } from './cluster/connection-settings.ts';
import { KafkaCluster, type FirstContact } from './cluster/kafka-cluster.ts';
import { parseAddresses } from './cluster/parse-addresses.ts';
import { KafkaMember } from './group/kafka-member.ts';
import { KafkaAdmin } from './kafka-admin.ts';
import { KafkaAtLeastOnceProducer } from './producer/kafka-at-least-once-producer.ts';
import { KafkaPublisher } from './producer/kafka-publisher.ts';
import { KafkaTransactionalProducer } from './producer/kafka-transactional-producer.ts';
import { KafkaSource } from './source/kafka-source.ts';

interface Closeable {
  close(): Promise<void>;
}

/**
 * Kafka, 2.5 or newer. Everything that is handed out has connections of its own, so that no request waits behind
 * another's: a join for all members, a fetch for news, an EndTxn for neither.
 */
export class KafkaLog implements Log {
  readonly description: string;
  readonly #settings: ConnectionSettings;
  readonly #contact: FirstContact = { made: false };
  readonly #open = new Set<Closeable>();

  /** Connects to nothing yet. @throws AppError `CONFIG_INVALID` for an address that is none */
  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    this.description = `Kafka at ${settings.brokers.join(',')}`;
    parseAddresses(settings.brokers);
  }

  admin(): LogAdmin {
    return this.#kept(new KafkaAdmin(this.#settings.clock, this.#cluster()));
  }

  source(): RecordSource {
    return this.#kept(new KafkaSource(this.#settings.clock, this.#cluster()));
  }

  publisher(): Publisher {
    return this.#kept(new KafkaPublisher(this.#settings, this.#cluster()));
  }

  member(options: MemberOptions): GroupMember {
    return this.#kept(new KafkaMember(options, this.#settings, this.#cluster()));
  }

  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer {
    return this.#kept(new KafkaTransactionalProducer(options, this.#settings, this.#cluster()));
  }

  atLeastOnceProducer(): TransactionalProducer {
    return this.#kept(new KafkaAtLeastOnceProducer(this.#settings, this.#cluster()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((client) => client.close()));
  }

  /** Remembered until it is closed. */
  #kept<T extends Closeable>(client: T): T {
    const close = client.close.bind(client);
    client.close = async () => {
      this.#open.delete(client);
      await close();
    };
    this.#open.add(client);
    return client;
  }

  #cluster(): KafkaCluster {
    return new KafkaCluster(this.#settings, this.#contact);
  }
}
