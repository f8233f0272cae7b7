import type { Clock } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';

const TYPE = 'millrace.watermark';

/** A fresh id: a promise is used once. */
export function newPromiseId(clock: Clock): string {
  const random = Math.floor(clock.random() * 2 ** 52).toString(36);
  return `replay-${clock.now().toString(36)}-${random}`;
}

/** The watermarks of one promise over all partitions of a topic. */
export class PromiseWriter {
  readonly #topic: string;
  readonly #id: string;
  readonly #partitions: readonly number[];

  constructor(topic: string, partitions: number, id: string) {
    this.#topic = topic;
    this.#partitions = Array.from({ length: partitions }, (_, partition) => partition);
    this.#id = id;
  }

  /** "Nothing earlier than `before` follows": one record per partition. */
  watermark(before: number): readonly OutboundRecord[] {
    return this.#everywhere({ before, partitions: this.#partitions });
  }

  /** The end. */
  idle(): readonly OutboundRecord[] {
    return this.#everywhere({ idle: true });
  }

  #everywhere(said: Readonly<Record<string, unknown>>): readonly OutboundRecord[] {
    const value = JSON.stringify({ type: TYPE, promise: this.#id, ...said });
    return this.#partitions.map((partition) => ({ topic: this.#topic, partition, key: null, value }));
  }
}
