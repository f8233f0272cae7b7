import type { Fleet } from '../pipeline/fleet.ts';
import type { MarkerDelays } from '../world/marker-delays.ts';
import type { Network } from '../world/network.ts';
import type { World } from '../world/world.ts';
import { endOf, type Fault } from './fault.ts';

export interface FaultTargets {
  readonly world: World;
  readonly network: Network;
  readonly fleet: Fleet;
  readonly markers: MarkerDelays;
  /** The log forgets what no marker needs, or what one does, too. */
  readonly cut: (needed: boolean) => void;
}

/** Plans a fault. @returns when it is over, virtual milliseconds */
export function applyFault(fault: Fault, targets: FaultTargets): number {
  targets.world.at(fault.atMs, () => {
    targets.world.say(() => `fault ${JSON.stringify(fault)}`);
    happen(fault, targets);
  });
  return endOf(fault);
}

function happen(fault: Fault, targets: FaultTargets): void {
  const { world, network, fleet, markers } = targets;
  switch (fault.kind) {
    case 'crash':
      for (const process of fleet.of(fault.role)) fleet.crash(fault.role, process);
      world.after(fault.backMs, () => fleet.ensure(fault.role));
      return;
    case 'stop':
      for (const process of fleet.of(fault.role)) process.stop();
      world.after(fault.backMs, () => fleet.ensure(fault.role));
      return;
    case 'freeze':
      return freeze(fault.role, fault.forMs, targets);
    case 'replace':
      fleet.contest(fault.role);
      freeze(fault.role, fault.forMs, targets);
      world.after(fault.forMs / 3, () => fleet.start(fault.role));
      return;
    case 'twin':
      return twin(fault.role, fault.forMs, targets);
    case 'jump':
      return fleet.newest(fault.role)?.host.jump(fault.byMs);
    case 'weather': {
      const { role, forMs, request, lostRequests, lostAnswers, lateRequests } = fault;
      return network.add({
        host: role,
        untilMs: world.nowMs + forMs,
        request,
        lostRequests,
        lostAnswers,
        lateRequests,
      });
    }
    case 'coordinators':
      return network.moveCoordinators(fault.of, fault.forMs);
    case 'broker':
      return network.cutBroker(fault.forMs);
    case 'markers':
      return markers.slow(fault.forMs, fault.mostMs);
    case 'model':
      return fleet.newest(fault.role)?.model.slow(fault.forMs, fault.eachMs);
    case 'storm':
      return storm(fault, targets);
    case 'cut':
      return targets.cut(fault.needed);
  }
}

function freeze(role: string, forMs: number, { world, fleet }: FaultTargets): void {
  for (const { host } of fleet.of(role)) {
    host.freeze();
    world.after(forMs, () => {
      world.say(() => `${role} thaws`);
      host.thaw();
    });
  }
}

/** A second process under the same names; where both still live at the end, the second goes. */
function twin(role: string, forMs: number, { world, fleet }: FaultTargets): void {
  fleet.contest(role);
  const second = fleet.start(role);
  world.after(forMs, () => {
    if (fleet.of(role).length > 1 && second.host.state === 'running') fleet.crash(role, second);
    fleet.ensure(role);
  });
}

/** Every other one of them leaves, the rest die. */
function storm({ service, times, everyMs }: Extract<Fault, { kind: 'storm' }>, { world, fleet }: FaultTargets): void {
  for (let i = 0; i < times; i++) {
    const role = fleet.guestOf(service);
    world.after(i * everyMs, () => {
      const guest = fleet.start(role);
      world.after(everyMs, () => {
        if (i % 2 === 0) guest.stop();
        else if (guest.host.state !== 'dead') fleet.crash(role, guest);
      });
    });
  }
}
