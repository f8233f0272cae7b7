import type { ClockRecord, StageEvent, StageRequest } from '@millrace/records';

let origin = 0;
const nextOrigin = (): StageEvent['origin'] => ({ partition: 0, offset: origin++ });

/** A `sale` of a small plan, with what one feature takes from it. */
export function sale(at: number, value: number | true = true, id = `s${at}`): StageEvent {
  return { kind: 'event', type: 1, id, at, values: [value], origin: nextOrigin(), attempts: 0 };
}

/** A request of `ann`, under no promise unless said. */
export function ask(at: number, more: Partial<StageRequest> = {}): StageRequest {
  const plain = { id: `r${at}`, predictKey: 'ann', promise: null, attempts: 0, assembly: null };
  return { kind: 'request', at, origin: nextOrigin(), ...plain, ...more };
}

export function clock(at: number, promise: ClockRecord['promise'] = null, input = 0): ClockRecord {
  return { kind: 'clock', input, at, first: 0, promise };
}
