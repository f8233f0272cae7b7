/** From a millisecond to a minute: what a hop through the log takes. Seconds, as Prometheus wants them. */
export const LATENCY_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60] as const;

/** The same as far as a day: how old an event is may be a matter of a replay. */
export const AGE_SECONDS = [
  0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400,
] as const;

/** From a tenth of a millisecond to ten seconds: what happens within a process. */
export const SHORT_SECONDS = [
  0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
] as const;

/** How many records go into one transaction. */
export const BATCH_RECORDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000] as const;
