/**
 * What an input partition is to this feature set. `live`: it answers. `giving`: another set answers what comes from here
 * on; events and clocks still come, for the requests that wait. `ended`: nothing waits any more, it reads no further.
 * `refilling`: it has taken over and fills its windows with what lies before; `refilled`: it waits until all partitions are,
 * and the set before is done.
 */
export const PHASES = ['live', 'giving', 'ended', 'refilling', 'refilled'] as const;

export type Phase = (typeof PHASES)[number];
