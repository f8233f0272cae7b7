import { encodeStageRecord, type InboundRecord, type StageRecord } from '@millrace/records';

/** A topic partition as a test writes it: records at ascending offsets, with gaps where commit markers would be. */
export class TopicScript {
  readonly records: InboundRecord[] = [];
  readonly #topic: string;
  #offset = 0;

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** @param timestamp broker time; that of the record before unless said */
  append(key: string | null, record: StageRecord, timestamp?: number): InboundRecord {
    return this.appendBytes(encodeStageRecord(record), key, timestamp);
  }

  appendBytes(value: Buffer, key: string | null = null, timestamp?: number): InboundRecord {
    const before = this.records.at(-1)?.timestamp ?? 0;
    const appended: InboundRecord = {
      topic: this.#topic,
      partition: 0,
      offset: this.#offset,
      timestamp: timestamp ?? before,
      key: key === null ? null : Buffer.from(key),
      value,
      headers: [],
    };
    this.#offset += 1 + (this.records.length % 3);
    this.records.push(appended);
    return appended;
  }
}
