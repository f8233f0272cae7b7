import { readdirSync, readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_S = 100;
/** In what follows the command's name in /proc/PID/stat. */
const STAT = { parent: 1, userTicks: 11, systemTicks: 12 } as const;

export interface ProcessUsage {
  readonly userS: number;
  readonly systemS: number;
  /** Resident set now, and at most. */
  readonly rssMb: number;
  readonly peakRssMb: number;
}

/** CPU of all its threads and memory; zeros where there is no /proc, or no such process. */
export function usageOf(pid: number): ProcessUsage {
  const fields = statOf(pid);
  const ticks = (field: keyof typeof STAT): number => Number(fields[STAT[field]] ?? 0) / CLOCK_TICKS_PER_S;
  const status = readProc(`${pid}/status`);
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024);
  return {
    userS: ticks('userTicks'),
    systemS: ticks('systemTicks'),
    rssMb: megabytes('VmRSS'),
    peakRssMb: megabytes('VmHWM'),
  };
}

/** The brokers that this process has started, by way of their keepers. */
export function ownBrokers(): readonly number[] {
  const pids = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  return pids.filter((pid) => readProc(`${pid}/comm`).trim() === 'java' && descends(pid));
}

function descends(pid: number): boolean {
  if (pid <= 1) return false;
  return pid === process.pid || descends(Number(statOf(pid)[STAT.parent] ?? 0));
}

function statOf(pid: number): readonly string[] {
  return readProc(`${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}
