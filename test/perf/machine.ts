import { cpus, loadavg, totalmem } from 'node:os';

/** What figures are of. */
export function machine(log: string): Readonly<Record<string, string | number | undefined>> {
  return {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    log,
    load_before: loadavg()[0],
  };
}
