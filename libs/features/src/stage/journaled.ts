import type { Journal } from '@millrace/core';

/** Sets an entry of a map so that a rollback puts back what was there. */
export function putJournaled<K, V>(journal: Journal, map: Map<K, V>, key: K, value: V): void {
  const had = map.has(key);
  const before = map.get(key) as V;
  journal.record(() => {
    if (had) map.set(key, before);
    else map.delete(key);
  });
  map.set(key, value);
}

/** Deletes an entry of a map so that a rollback puts it back (at the end of its order). */
export function deleteJournaled<K, V>(journal: Journal, map: Map<K, V>, key: K): void {
  if (!map.has(key)) return;
  const before = map.get(key) as V;
  journal.record(() => map.set(key, before));
  map.delete(key);
}
