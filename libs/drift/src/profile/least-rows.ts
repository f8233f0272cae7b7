/** A reference of fewer rows breaks the run length: what it is wrong by is taken for a change (docs/monitoring.md has how often). */
export const LEAST_REFERENCE_ROWS = 1000;
