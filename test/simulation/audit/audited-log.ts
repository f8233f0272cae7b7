import type { FetchedChunk, FetchPosition, Log, RecordSource } from '@millrace/stream';

/** A log whose fetches are looked at before their reader gets them. */
export function auditedLog(
  log: Log,
  look: (positions: readonly FetchPosition[], chunks: readonly FetchedChunk[]) => void,
): Log {
  return {
    description: log.description,
    admin: () => log.admin(),
    source: () => auditedSource(log.source(), look),
    publisher: () => log.publisher(),
    member: (options) => log.member(options),
    transactionalProducer: (options) => log.transactionalProducer(options),
    atLeastOnceProducer: () => log.atLeastOnceProducer(),
    close: () => log.close(),
  };
}

function auditedSource(source: RecordSource, look: Parameters<typeof auditedLog>[1]): RecordSource {
  return {
    fetch: async (positions, limits) => {
      const chunks = await source.fetch(positions, limits);
      look(positions, chunks);
      return chunks;
    },
    bounds: (partitions) => source.bounds(partitions),
    offsetsAt: (partitions, timestamp) => source.offsetsAt(partitions, timestamp),
    close: () => source.close(),
  };
}
