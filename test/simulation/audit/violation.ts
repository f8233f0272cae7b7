/**
 * What a run may get wrong. The first seven are the anomalies of Jepsen's Kafka workload.
 *
 * - `lost-write`: a record of the undisturbed run is missing;
 * - `duplicate`: a record is there twice;
 * - `aborted-read`, `precommitted-read`: a reader was given what was aborted, or not committed yet;
 * - `poll-skip`: a reader was moved past a committed record without getting it;
 * - `non-monotonic-poll`: a reader was given records out of order, or again;
 * - `inconsistent-offsets`: a group's committed offset went back, or its markers are not numbered in a row;
 * - `other-output`: a record that the undisturbed run does not have;
 * - `misordered`: the records of a key come in another order;
 * - `other-version`: a prediction names another version than the one in force where its row lies;
 * - `other-state`: a state is not what a replay gives;
 * - `died`: a process ended for a reason that nobody gave it;
 * - `stuck`: the faults are over, and it does not drain.
 */
export const VIOLATION_KINDS = [
  'lost-write',
  'duplicate',
  'aborted-read',
  'precommitted-read',
  'poll-skip',
  'non-monotonic-poll',
  'inconsistent-offsets',
  'other-output',
  'misordered',
  'other-version',
  'other-state',
  'died',
  'stuck',
] as const;

export interface Violation {
  readonly kind: (typeof VIOLATION_KINDS)[number];
  readonly detail: string;
}
