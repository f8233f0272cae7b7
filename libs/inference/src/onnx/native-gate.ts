const FREE = 0;
const INSIDE = 1;
const SHUT = 2;

/**
 * Which of two is first: a worker that goes into a call of the runtime, or whoever wants to terminate it. A thread that is
 * terminated during such a call aborts the whole process when the call returns. Both have the same memory.
 */
export class NativeGate {
  readonly shared: SharedArrayBuffer;
  readonly #state: Int32Array;

  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#state = new Int32Array(shared);
  }

  /** Before a call. False: it is shut. */
  enter(): boolean {
    return Atomics.compareExchange(this.#state, 0, FREE, INSIDE) === FREE;
  }

  /** After a call. False: it was shut meanwhile. */
  leave(): boolean {
    return Atomics.compareExchange(this.#state, 0, INSIDE, FREE) === INSIDE;
  }

  /** Nothing enters any more. False: a call is still inside. */
  shut(): boolean {
    return Atomics.exchange(this.#state, 0, SHUT) !== INSIDE;
  }
}
