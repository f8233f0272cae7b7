import { SERVICE_NAMES, type ServiceName } from '@millrace/platform';

import type { Fleet } from '../../chaos/pipeline/fleet.ts';
import { ownBrokers, usageOf } from '../process-usage.ts';

export const PARTIES = [...SERVICE_NAMES, 'broker'] as const;
export type Party = ServiceName | 'broker';

/** CPU seconds of all instances of a service, or of the brokers that the benchmark started. */
export interface Cpu {
  readonly userS: number;
  readonly systemS: number;
}

export type CpuByParty = Readonly<Record<Party, Cpu>>;

/** So far. */
export function cpuByParty(fleet: Fleet): CpuByParty {
  const ofService = (service: ServiceName): Cpu =>
    together(fleet.instances.filter((name) => name.startsWith(service)).map((name) => fleet.process(name).pid));
  return {
    ingest: ofService('ingest'),
    feature: ofService('feature'),
    scorer: ofService('scorer'),
    monitor: ofService('monitor'),
    broker: together(ownBrokers()),
  };
}

/** Since an earlier time, for each 1,000 of something. */
export function cpuPerThousand(before: CpuByParty, after: CpuByParty, count: number): CpuByParty {
  const per = (party: Party): Cpu => ({
    userS: ((after[party].userS - before[party].userS) * 1000) / count,
    systemS: ((after[party].systemS - before[party].systemS) * 1000) / count,
  });
  return {
    ingest: per('ingest'),
    feature: per('feature'),
    scorer: per('scorer'),
    monitor: per('monitor'),
    broker: per('broker'),
  };
}

export const cpuOf = ({ userS, systemS }: Cpu): number => userS + systemS;

function together(pids: readonly number[]): Cpu {
  const all = pids.map(usageOf);
  return {
    userS: all.reduce((sum, { userS }) => sum + userS, 0),
    systemS: all.reduce((sum, { systemS }) => sum + systemS, 0),
  };
}
