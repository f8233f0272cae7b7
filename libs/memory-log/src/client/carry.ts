/** The requests that a client sends, by what they ask for. */
export type RequestName =
  | 'fetch'
  | 'bounds'
  | 'offsets-at'
  | 'publish'
  | 'admin'
  | 'member-id'
  | 'join'
  | 'heartbeat'
  | 'leave'
  | 'committed'
  | 'init-producer'
  | 'add-partitions'
  | 'produce'
  | 'add-offsets'
  | 'commit-offsets'
  | 'end-transaction';

/**
 * Brings a request to the broker and the answer back. Here it does so at once; a simulation lets it take time, lose
 * either, or bring the request later than its sender waits for.
 */
export type Carry = <T>(request: RequestName, ask: () => T | Promise<T>) => Promise<T>;

export const carryAtOnce: Carry = async (_, ask) => ask();
