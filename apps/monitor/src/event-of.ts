import type { Plan } from '@millrace/pipeline';
import { decodeOutcomesRecord, decodeScoredRecord, type DeadLetter, type InboundRecord } from '@millrace/records';

/** How a dead letter names its event. */
type NamedEvent = Pick<DeadLetter, 'topic' | 'partition' | 'offset' | 'attempts' | 'type' | 'eventId' | 'at'>;

/** The event in `<p>.events` that a record of the join stems from; the record itself where it cannot be read. */
export function eventOf(record: InboundRecord, { names, predict, outcome }: Plan): NamedEvent {
  const { topic, partition, offset } = record;
  try {
    const decode = topic === names.scored ? decodeScoredRecord : decodeOutcomesRecord;
    const row = decode(record.value ?? Buffer.alloc(0));
    if ('origin' in row) {
      const type = row.kind === 'scored' ? predict.on : outcome?.from;
      return { topic: names.events, ...row.origin, attempts: row.attempts, type, eventId: row.id, at: row.at };
    }
  } catch {
    // it is because the record is broken that we are asked
  }
  return { topic, partition, offset, attempts: 0 };
}
