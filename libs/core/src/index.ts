/** Ring 0: what everything else may use, and what uses nothing. */
export { AppError, isAppError, messageOf } from './app-error.ts';
export { ByteReader, ByteWriter } from './bytes.ts';
export { SystemClock, type Clock } from './clock.ts';
export { ERROR_TABLE, type ErrorClass, type ErrorCode, type ErrorRow } from './error-table.ts';
export { ExactSum, type ExactSumState } from './exact-sum.ts';
export { Journal } from './journal.ts';
export { JournaledState } from './journaled-state.ts';
export { isNestedTooDeep, MOST_JSON_DEPTH } from './json-depth.ts';
export { jsonInteger, parseForWriting } from './json-integer.ts';
export { lostDigits, withLostDigits } from './lost-digits.ts';
export { NoJournal } from './no-journal.ts';
export { seededRandom } from './seeded-random.ts';
export { shortestFloat32 } from './shortest-float32.ts';
export { VERSION } from './version.ts';
export type { Value } from './value.ts';
