/**
 * What keeps a promise in this client that a simpler client breaks, and what happens without it. All of them are always
 * on; only tests switch one off, to show that it is what keeps the promise (`without` of `@millrace/kafka/testing`).
 * Read once per request or response, never per record.
 */
export const SAFEGUARDS = {
  'aborted-records': 'records of aborted transactions are read',
  'aborted-order': 'records of overlapping aborted transactions are read',
  'control-records': 'transaction markers are read as records, and what is committed after an abort is lost',
  'batch-offsets': 'a reader never gets past transaction markers and emptied batches',
  'batch-checksum': 'damaged records are read',
  'fenced-positions': 'the positions of a replaced instance overwrite those of its heir',
  'stable-positions': 'an old position is read while a newer one is being committed',
  'transaction-retries': 'a transaction fails because the one before it has just ended',
  'refused-aborted': 'readers wait for the time-out of a transaction that was refused',
  'unanswered-left': 'a transaction is aborted while a request of it is still under way',
  'sequence-numbers': 'a record whose acknowledgement was lost is written twice',
  'range-stop': 'records that the log has lost are skipped in silence',
  'static-membership': 'a restart moves partitions, or waits for the session of before',
  'leader-retries': 'a write fails because a partition has just got another leader',
} as const;

export type Safeguard = keyof typeof SAFEGUARDS;

const off = new Set<Safeguard>();

export function isOn(safeguard: Safeguard): boolean {
  return !off.has(safeguard);
}

/** For tests alone. @returns what puts it back as it was */
export function switchOff(safeguard: Safeguard): () => void {
  if (off.has(safeguard)) return () => undefined;
  off.add(safeguard);
  return () => off.delete(safeguard);
}
