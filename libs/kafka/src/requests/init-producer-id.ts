import { WireWriter } from '../wire/wire-writer.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** With a transactional id: fences its earlier producers and ends their open transaction. */
export function initProducerIdRequest(
  transactionalId: string | null,
  transactionTimeoutMs: number,
): Request<ProducerIdentity> {
  return {
    api: 'InitProducerId',
    version: 1,
    encode: () => new WireWriter().string(transactionalId).int32(transactionTimeoutMs).buffer,
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
      return { producerId: reader.int64(), producerEpoch: reader.int16() };
    },
  };
}
