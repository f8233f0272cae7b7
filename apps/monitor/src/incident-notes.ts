import type { IncidentNote } from '@millrace/records';

import { incidentId } from './incident-id.ts';
import type { Watches } from './judge-window.ts';
import type { MergeValue } from './merge-ledger.ts';

/**
 * What the merge knows when a person has spoken. An acknowledgement of what is not open changes nothing; a silence takes
 * the place of an earlier one of its signal, and counts from how far the monitor has come.
 */
export function withNote(value: MergeValue, note: IncidentNote, horizon: number | null): MergeValue {
  if (note.says === 'acknowledged') return acknowledged(value, note);
  const { signal, by, forMs } = note;
  const others = value.silences.filter((silence) => silence.signal !== signal);
  if (forMs === 0) return { ...value, silences: others };
  const until = horizon === null ? null : horizon + forMs;
  return { ...value, silences: [...others, { signal, by, until, forMs }] };
}

function acknowledged(value: MergeValue, note: Extract<IncidentNote, { says: 'acknowledged' }>): MergeValue {
  for (const [key, watches] of value.watches) {
    const signal = openedAs(note.incident, key, watches);
    if (signal === null) continue;
    return { ...value, watches: new Map(value.watches).set(key, withAcknowledged(watches, signal, note)) };
  }
  return value;
}

/** The signal whose open incident has this id; null: none of these. */
function openedAs(id: string, key: string, watches: Watches): string | null {
  const [version, variant] = JSON.parse(key) as [string, string];
  for (const [signal, { incident }] of watches)
    if (incident && incidentId({ version, variant }, incident, signal) === id) return signal;
  return null;
}

function withAcknowledged(watches: Watches, signal: string, { by, at }: IncidentNote): Watches {
  const watch = watches.get(signal);
  if (!watch?.incident) return watches;
  return new Map(watches).set(signal, { ...watch, incident: { ...watch.incident, acknowledged: { by, at } } });
}
