import type { IncidentEvent } from '@millrace/drift';
import type { OutboundRecord } from '@millrace/records';

/** So many incidents are kept in the ledger: the place of an older one is used again. */
const NEWEST = 1000;

/** Where the ledger keeps incidents, so that they are known for longer than `<p>.alerts` holds what was told. */
export interface IncidentRing {
  /** Places taken so far. */
  readonly taken: number;
  /** Of each open incident, by its id. */
  readonly places: readonly (readonly [id: string, place: number])[];
}

export const NO_INCIDENTS: IncidentRing = { taken: 0, places: [] };

export interface KeptAlert {
  readonly ring: IncidentRing;
  readonly records: readonly OutboundRecord[];
}

/**
 * Keeps the first and the latest alert of an incident, as they were told. Nothing is kept where 1,000 are open at once.
 *
 * @param to the ledger's topic, and the key of the merge in it
 */
export function keepAlert(
  { taken, places }: IncidentRing,
  alert: OutboundRecord,
  event: IncidentEvent,
  to: { readonly topic: string; readonly key: string },
): KeptAlert {
  const id = String(alert.key);
  const held = places.find(([open]) => open === id)?.[1];
  if (held === undefined && places.length >= NEWEST) return { ring: { taken, places }, records: [] };
  const next = held === undefined ? freeFrom(taken, places) : taken;
  const place = held ?? next % NEWEST;
  const names = held === undefined ? ['first', 'latest'] : ['latest'];
  const records = names.map((name) => ({
    topic: to.topic,
    partition: 0,
    key: `${to.key}/incident/${place}/${name}`,
    value: alert.value,
  }));
  const others = places.filter(([open]) => open !== id);
  const open = event === 'resolved' ? others : [...others, [id, place] as const];
  return { ring: { taken: held === undefined ? next + 1 : taken, places: open }, records };
}

/** The next place that no open incident holds. */
function freeFrom(taken: number, places: IncidentRing['places']): number {
  let next = taken;
  while (places.some(([, place]) => place === next % NEWEST)) next++;
  return next;
}
