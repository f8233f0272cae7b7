import type { InboundRecord } from '@millrace/records';

import type { InputPartition, TakeLimits, TakePolicy } from '../stage.ts';

/**
 * A share of the limit from each partition, starting with another one each time: a busy partition never starves the
 * rest.
 */
export function takeInRotation(): TakePolicy {
  let start = 0;
  return (inputs: readonly InputPartition[], limits: TakeLimits): readonly InboundRecord[] => {
    const waiting = inputs.filter((input) => input.queued.length > 0);
    if (waiting.length === 0) return [];
    start = (start + 1) % waiting.length;
    const taken: InboundRecord[] = [];
    let bytes = 0;
    for (let i = 0; i < waiting.length; i++) {
      const input = waiting[(start + i) % waiting.length] as InputPartition;
      const share = Math.ceil((limits.records - taken.length) / (waiting.length - i));
      const count = Math.min(share, input.queued.length);
      for (let next = 0; next < count; next++) {
        const record = input.queued[next] as InboundRecord;
        bytes += record.value?.length ?? 0;
        if (bytes > limits.bytes && taken.length > 0) return taken;
        taken.push(record);
      }
    }
    return taken;
  };
}
