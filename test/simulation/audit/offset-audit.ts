import { partitionKey } from '@millrace/records';
import { decodeMarker, type CommitPosition } from '@millrace/stream';

import type { Violation } from './violation.ts';

interface Committed {
  readonly offset: number;
  readonly number: number;
}

/** What every group has committed, checked commit by commit. */
export class OffsetAudit {
  readonly #committed = new Map<string, CommitPosition>();
  readonly #numbers = new Map<string, Committed>();

  note(groupId: string, positions: readonly CommitPosition[]): Violation | null {
    for (const position of positions) {
      const name = `${groupId} on ${partitionKey(position)}`;
      const before = this.#numbers.get(name) ?? { offset: 0, number: 0 };
      const after = { offset: position.offset, number: decodeMarker(position.metadata)?.number ?? Number.NaN };
      this.#numbers.set(name, after);
      this.#committed.set(name, position);
      if (after.offset < before.offset || after.number !== before.number + 1)
        return {
          kind: 'inconsistent-offsets',
          detail: `${name}: ${JSON.stringify(before)}, then ${JSON.stringify(after)}`,
        };
    }
    return null;
  }

  committed(groupId: string, at: { readonly topic: string; readonly partition: number }): CommitPosition | null {
    return this.#committed.get(`${groupId} on ${partitionKey(at)}`) ?? null;
  }
}
