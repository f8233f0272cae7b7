/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** `topic/partition`: the form in which partitions are keys of maps. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

export type Header = readonly [name: string, value: Buffer | null];
export type Headers = readonly Header[];

export const NO_HEADERS: Headers = [];

/**
 * Present on a record whose trace is sampled, absent on all others. A stage copies `traceparent` to what it emits
 * because of the record and notes the event's id.
 */
export interface RecordTrace {
  /** W3C trace context of the span that processes the record. */
  readonly traceparent: string;
  /** Becomes the span attribute `cloudevents.event_id`. */
  eventId?: string;
  /** The event's own time, epoch milliseconds. */
  eventTimeMs?: number;
  /** Become attributes of its span: what the stage found out about it. */
  attributes?: Readonly<Record<string, string | number>>;
}

/** A record as it was read. Key and value are slices of a fetch response: copy what is kept. */
export interface InboundRecord extends TopicPartition {
  readonly offset: number;
  /** The record's timestamp, epoch milliseconds: the broker's on owned topics, the producer's on `<p>.events`. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  trace?: RecordTrace | undefined;
}

/** A record to be written, to an explicit partition. */
export interface OutboundRecord extends TopicPartition {
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  readonly headers?: Headers;
  /** Epoch milliseconds; now when absent. */
  readonly timestamp?: number;
}

/** The first header of that name, as text. */
export function headerText(headers: Headers, name: string): string | undefined {
  for (const [found, value] of headers) if (found === name) return value?.toString('utf8');
  return undefined;
}
