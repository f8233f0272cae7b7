/** Points of a transaction at which a test may let the log fail. */
export type FaultPoint = 'before-init' | 'before-commit' | 'after-commit' | 'before-fetch';

/** Called at each point with the transactional id (without one: the group's) or the topics; throws (an `AppError`) to fail there. */
export type Faults = (point: FaultPoint, subject: string) => void | Promise<void>;
