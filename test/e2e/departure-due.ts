/** A request of the flights example, as a client sends it: an hour before a flight leaves. */
export const DEPARTURE_DUE = {
  type: 'departure_due',
  id: '2013-11-12-MQ-3572-LGA',
  at: '2013-11-12T15:59:00Z',
  carrier: 'MQ',
  flight: 3572,
  tailnum: 'N537MQ',
  origin: 'LGA',
  dest: 'CLE',
  sched_dep: '2013-11-12T16:59:00Z',
  distance: 419,
  seats: null,
};
