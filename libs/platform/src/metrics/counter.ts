/** Counts up, nothing else. */
export class Counter {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }
}
