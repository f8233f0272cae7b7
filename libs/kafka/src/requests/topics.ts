import type { TopicSpec } from '@millrace/stream';

import type { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import type { Request } from './request.ts';

const TIMEOUT_MS = 30_000;
const BROKER_DEFAULT = -1;
const TOPIC_RESOURCE = 2;
const ALL_CONFIGS = -1;

export interface TopicAnswer {
  readonly topic: string;
  readonly errorCode: number;
  readonly message: string | null;
}

/** To the controller. */
export function createTopicsRequest(specs: readonly TopicSpec[]): Request<readonly TopicAnswer[]> {
  return {
    api: 'CreateTopics',
    version: 4,
    timeoutMs: TIMEOUT_MS + 5000,
    encode: () => {
      const writer = new WireWriter();
      writer.array(specs, ({ topic, partitions, replication, config }) => {
        writer
          .string(topic)
          .int32(partitions)
          .int16(replication ?? BROKER_DEFAULT);
        writer.array([], () => undefined); // replicas: the broker's choice
        writer.array(Object.entries(config), ([name, value]) => writer.string(name).string(value));
      });
      return writer.int32(TIMEOUT_MS).boolean(false).buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      return reader.array(() => ({
        topic: reader.string() ?? '',
        errorCode: reader.int16(),
        message: reader.string(),
      }));
    },
  };
}

/** To the controller. */
export function deleteTopicsRequest(topics: readonly string[]): Request<readonly TopicAnswer[]> {
  return {
    api: 'DeleteTopics',
    version: 3,
    timeoutMs: TIMEOUT_MS + 5000,
    encode: () => {
      const writer = new WireWriter();
      return writer.array(topics, (topic) => writer.string(topic)).int32(TIMEOUT_MS).buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      return reader.array(() => ({ topic: reader.string() ?? '', errorCode: reader.int16(), message: null }));
    },
  };
}

export interface TopicConfig extends TopicAnswer {
  readonly config: Readonly<Record<string, string>>;
}

/** All settings that have a value, the defaults included. */
export function describeTopicsRequest(topics: readonly string[]): Request<readonly TopicConfig[]> {
  return {
    api: 'DescribeConfigs',
    version: 1,
    encode: () => {
      const writer = new WireWriter();
      writer.array(topics, (topic) => writer.int8(TOPIC_RESOURCE).string(topic).int32(ALL_CONFIGS));
      return writer.boolean(false).buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      return reader.array(() => {
        const [errorCode, message] = [reader.int16(), reader.string()];
        reader.int8(); // resource type
        return { errorCode, message, topic: reader.string() ?? '', config: readConfig(reader) };
      });
    },
  };
}

function readConfig(reader: WireReader): Readonly<Record<string, string>> {
  const entries = reader.array(() => {
    const [name, value] = [reader.string() ?? '', reader.string()];
    reader.boolean(); // read only
    reader.int8(); // where it comes from
    reader.boolean(); // sensitive
    reader.array(() => [reader.string(), reader.string(), reader.int8()]); // synonyms
    return [name, value] as const;
  });
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
