/** The broker has the batch already: it was repeated after its answer was lost, or came too late. */
const DUPLICATE_SEQUENCE_NUMBER = 46;

/** Whether the answer to a batch says that it is in the log. */
export function isTaken(errorCode: number): boolean {
  return errorCode === 0 || errorCode === DUPLICATE_SEQUENCE_NUMBER;
}
