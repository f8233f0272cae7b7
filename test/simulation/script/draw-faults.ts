import type { RequestName } from '@millrace/memory-log';

import { SERVICES, type Service } from '../pipeline/stages.ts';
import type { Dice } from '../world/dice.ts';
import { endOf, type Fault, type FaultKind } from './fault.ts';

export interface FaultSetting {
  /** Instances of each service. */
  readonly instances: Readonly<Record<Service, number>>;
  /** Instances have lasting names: static members, transactional ids that outlive a process. */
  readonly named: boolean;
  readonly lastsMs: number;
}

const KINDS: readonly FaultKind[] = [
  'crash',
  'crash',
  'stop',
  'freeze',
  'freeze',
  'replace',
  'twin',
  'jump',
  'weather',
  'weather',
  'weather',
  'coordinators',
  'broker',
  'markers',
  'model',
  'storm',
  'cut',
];
const TOUCHY: readonly (RequestName | null)[] = [
  null,
  null,
  'end-transaction',
  'commit-offsets',
  'produce',
  'init-producer',
  'join',
  'committed',
  'heartbeat',
  'fetch',
];
const MOST_FAULTS = 7;
/** Until about then groups form, and a fast replay is written. */
const BEGINNING_MS = 150;

export function drawFaults(dice: Dice, setting: FaultSetting): readonly Fault[] {
  const faults: Fault[] = [];
  for (let left = dice.int(1, MOST_FAULTS); left > 0; left--) {
    const drawn = drawFault(dice, setting);
    const other = faults.at(-1);
    // what is hurt while it recovers is hurt most
    faults.push(
      other && dice.chance(0.4)
        ? { ...drawn, atMs: Math.round(dice.pick([other.atMs, endOf(other)])) + dice.int(0, 600) }
        : drawn,
    );
  }
  return faults.toSorted((a, b) => a.atMs - b.atMs);
}

function drawFault(dice: Dice, setting: FaultSetting): Fault {
  const atMs = dice.int(0, dice.chance(0.25) ? BEGINNING_MS : setting.lastsMs);
  const service = dice.pick(SERVICES);
  const role = `${service}-${dice.int(0, setting.instances[service] - 1)}`;
  const kind = dice.pick(KINDS);
  switch (kind) {
    case 'crash':
    case 'stop':
      return { kind, atMs, role, backMs: dice.int(100, 6000) };
    case 'freeze':
      return { kind, atMs, role, forMs: dice.int(300, 8000) };
    case 'replace':
      return { kind: setting.named ? kind : 'freeze', atMs, role, forMs: dice.int(2000, 8000) };
    case 'twin':
      return { kind, atMs, role, forMs: dice.int(1000, 6000) };
    case 'jump':
      return { kind, atMs, role, byMs: dice.int(-900_000, 900_000) };
    case 'weather':
      return drawWeather(dice, atMs, role);
    case 'coordinators':
      return { kind, atMs, of: dice.pick(['groups', 'transactions']), forMs: dice.int(100, 5000) };
    case 'broker':
      return { kind, atMs, forMs: dice.int(100, 5000) };
    case 'markers':
      return { kind, atMs, forMs: dice.int(500, 5000), mostMs: dice.int(50, 3000) };
    case 'model':
      return {
        kind,
        atMs,
        role: role.replace(service, 'scorer').replace(/\d$/, '0'),
        forMs: dice.int(1000, 6000),
        eachMs: dice.int(100, 6000),
      };
    case 'storm':
      return { kind, atMs, service, times: dice.int(2, 5), everyMs: dice.int(300, 1500) };
    case 'cut':
      return { kind, atMs, needed: false };
  }
}

function drawWeather(dice: Dice, atMs: number, role: string): Fault {
  const share = (): number => (dice.chance(0.5) ? 0 : dice.next() * 0.5);
  return {
    kind: 'weather',
    atMs,
    role: dice.chance(0.5) ? role : null,
    forMs: dice.int(300, 4000),
    request: dice.pick(TOUCHY),
    lostRequests: share(),
    lostAnswers: 0.1 + share(),
    lateRequests: share(),
  };
}
