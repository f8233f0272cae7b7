import { WireWriter } from '../wire/wire-writer.ts';
import type { Node } from './metadata.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

export const COORDINATOR = { group: 0, transaction: 1 } as const;
export type CoordinatorKind = keyof typeof COORDINATOR;

export function findCoordinatorRequest(kind: CoordinatorKind, key: string): Request<Node> {
  return {
    api: 'FindCoordinator',
    version: 2,
    encode: () => new WireWriter().string(key).int8(COORDINATOR[kind]).buffer,
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
      reader.string(); // error message
      return { nodeId: reader.int32(), host: reader.string() ?? '', port: reader.int32() };
    },
  };
}
