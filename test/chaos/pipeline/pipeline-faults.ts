import type { Instance } from './fleet.ts';

export type PipelineFault =
  | { readonly kind: 'kill' | 'freeze'; readonly instance: Instance; readonly afterMs: number }
  /** Which broker, by its place. */
  | { readonly kind: 'broker'; readonly broker: number; readonly afterMs: number };

/** At some moment within this after everything has settled. */
const WITHIN_MS = 2000;

/** How often what happens. */
export interface FaultCounts {
  readonly kills: number;
  readonly freezes: number;
  readonly brokers: number;
}

/** Faults in an order and at moments that the random numbers say. */
export function pipelineFaults(
  { kills, freezes, brokers: restarts }: FaultCounts,
  instances: readonly Instance[],
  brokers: number,
  random: () => number,
): readonly PipelineFault[] {
  const kinds = [
    ...Array<'kill'>(kills).fill('kill'),
    ...Array<'freeze'>(freezes).fill('freeze'),
    ...Array<'broker'>(restarts).fill('broker'),
  ];
  const order = kinds.map((kind) => ({ kind, place: random() })).toSorted((a, b) => a.place - b.place);
  return order.map(({ kind }) => {
    const instance = instances[Math.floor(random() * instances.length)] as Instance;
    const afterMs = Math.round(random() * WITHIN_MS);
    const broker = Math.floor(random() * brokers);
    return kind === 'broker' ? { kind, broker, afterMs } : { kind, instance, afterMs };
  });
}
