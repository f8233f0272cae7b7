/** The worker died, or did not answer in time: nobody knows whether the rows or the weather are to blame. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}
