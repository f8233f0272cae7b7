import type {
  FetchedChunk,
  GroupMember,
  Log,
  MemberOptions,
  RecordSource,
  TransactionalProducer,
  TransactionalProducerOptions,
} from '@millrace/stream';

/** What is put in the place of a log's parts. */
export interface BrokenParts {
  /** Changes what a fetch brings. */
  readonly chunk?: (chunk: FetchedChunk) => FetchedChunk;
  readonly member?: (member: GroupMember, options: MemberOptions) => GroupMember;
  readonly producer?: (producer: TransactionalProducer, options: TransactionalProducerOptions) => TransactionalProducer;
}

/** A log that breaks a promise. */
export function brokenLog(log: Log, { chunk, member, producer }: BrokenParts): Log {
  return {
    description: log.description,
    admin: () => log.admin(),
    source: () => (chunk ? brokenSource(log.source(), chunk) : log.source()),
    publisher: () => log.publisher(),
    member: (options) => (member ? member(log.member(options), options) : log.member(options)),
    transactionalProducer: (options) => {
      const real = log.transactionalProducer(options);
      return producer ? producer(real, options) : real;
    },
    atLeastOnceProducer: () => log.atLeastOnceProducer(),
    close: () => log.close(),
  };
}

function brokenSource(source: RecordSource, chunk: (chunk: FetchedChunk) => FetchedChunk): RecordSource {
  return {
    fetch: async (positions, limits) => (await source.fetch(positions, limits)).map(chunk),
    bounds: (partitions) => source.bounds(partitions),
    offsetsAt: (partitions, timestamp) => source.offsetsAt(partitions, timestamp),
    close: () => source.close(),
  };
}
