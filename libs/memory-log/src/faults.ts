/** Points of a transaction at which a test may let the log fail; `before-positions` is where there is no transaction. */
export type FaultPoint = 'before-init' | 'before-commit' | 'before-positions' | 'after-commit' | 'before-fetch';

/** Called at each point with the transactional id (without one: the group's) or the topics; throws (an `AppError`) to fail there. */
export type Faults = (point: FaultPoint, subject: string) => void | Promise<void>;
