import type { Instance } from './fleet.ts';

export type PipelineFault =
  | { readonly kind: 'kill' | 'freeze'; readonly instance: Instance; readonly afterMs: number }
  /** Which broker, by its place. */
  | { readonly kind: 'broker'; readonly broker: number; readonly afterMs: number };

const KINDS = [...Array<'kill'>(10).fill('kill'), ...Array<'freeze'>(3).fill('freeze'), 'broker'] as const;
/** At some moment within this after everything has settled. */
const WITHIN_MS = 2000;

/** Ten kills, three freezes and a restart of a broker, in an order and at moments that the random numbers say. */
export function pipelineFaults(
  instances: readonly Instance[],
  brokers: number,
  random: () => number,
): readonly PipelineFault[] {
  const order = KINDS.map((kind) => ({ kind, place: random() })).toSorted((a, b) => a.place - b.place);
  return order.map(({ kind }) => {
    const instance = instances[Math.floor(random() * instances.length)] as Instance;
    const afterMs = Math.round(random() * WITHIN_MS);
    const broker = Math.floor(random() * brokers);
    return kind === 'broker' ? { kind, broker, afterMs } : { kind, instance, afterMs };
  });
}
