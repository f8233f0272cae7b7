import { seededRandom } from '@millrace/core';

/** How often each happens among the others, and for how long the hurt one is away. */
const FAULTS = {
  kill: { weight: 4, leastMs: 100, mostMs: 600 },
  freeze: { weight: 3, leastMs: 5000, mostMs: 9000 },
  visit: { weight: 2, leastMs: 3000, mostMs: 8000 },
  'broker-restart': { weight: 1, leastMs: 500, mostMs: 1500 },
  'broker-gone': { weight: 1, leastMs: 30_000, mostMs: 30_000 },
} as const;

export type FaultKind = keyof typeof FAULTS;
const KINDS = Object.keys(FAULTS) as FaultKind[];
/** Where in its round an instance is when it is hit; `ending`: its EndTxn is on its way, and arrives later. */
const MOMENTS = ['taken', 'committing', 'ending', 'committed'] as const;
const GAP = { leastMs: 2000, mostMs: 6000 };

export interface Fault {
  readonly kind: FaultKind;
  /** Not before this, counted from the start. */
  readonly atMs: number;
  readonly forMs: number;
  /** Which instance is hit, by its place. */
  readonly victim: number;
  readonly moment: (typeof MOMENTS)[number];
}

/** What happens when, as the seed says, for so many minutes. One after the other; each comes at least once if there is time. */
export function scheduleFaults(seed: number, minutes: number, instances: number): readonly Fault[] {
  const random = seededRandom(seed);
  const between = ({ leastMs, mostMs }: { leastMs: number; mostMs: number }): number =>
    Math.round(leastMs + random() * (mostMs - leastMs));
  const faults: Fault[] = [];
  let open: FaultKind[] = [];
  for (let atMs = between(GAP); atMs < minutes * 60_000;) {
    if (open.length === 0) open = shuffled(random);
    const kind = open.pop() as FaultKind;
    const forMs = between(FAULTS[kind]);
    const victim = Math.floor(random() * instances);
    const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] as Fault['moment'];
    faults.push({ kind, atMs, forMs, victim, moment });
    atMs += forMs + between(GAP);
  }
  return faults;
}

/** Every fault as often as its weight says, in an order of its own. */
function shuffled(random: () => number): FaultKind[] {
  const kinds = KINDS.flatMap((kind) => Array.from({ length: FAULTS[kind].weight }, () => kind));
  return kinds
    .map((kind) => ({ kind, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ kind }) => kind);
}
