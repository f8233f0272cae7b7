import { EPOCH_MS } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import type { Arrival } from './traffic.ts';

const EVERY_MS = 700;

/** The watermarks of one promise over all input partitions, and its end; nothing where none is made. */
export function promiseRecords({ plan, setting }: Scenario): readonly Arrival[] {
  if (!setting.promise) return [];
  const partitions = Array.from({ length: setting.inputs }, (_, partition) => partition);
  const everywhere = (atMs: number, said: Readonly<Record<string, unknown>>): Arrival[] => {
    const value = JSON.stringify({ type: 'millrace.watermark', promise: 'p', ...said });
    return partitions.map((partition) => ({
      atMs: atMs / setting.speed,
      record: { topic: plan.names.events, partition, key: null, value },
    }));
  };
  const endsMs = setting.lastsMs + 3600;
  const arrivals: Arrival[] = [];
  for (let atMs = 0; atMs < endsMs; atMs += EVERY_MS)
    arrivals.push(...everywhere(atMs, { before: EPOCH_MS + atMs, partitions }));
  return [...arrivals, ...everywhere(endsMs, { idle: true })];
}
