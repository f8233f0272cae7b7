import type { Journal } from '@millrace/core';

interface Link<Item> {
  readonly item: Item;
  next: Link<Item> | null;
}

/** First in, first out, in steps that can be undone, each as cheap as the other however many wait. */
export class KeyQueue<Item> {
  readonly #journal: Journal;
  #first: Link<Item> | null = null;
  #last: Link<Item> | null = null;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Undefined when it is empty. */
  get first(): Item | undefined {
    return this.#first?.item;
  }

  /** In order; not to be changed meanwhile. */
  *[Symbol.iterator](): Generator<Item> {
    for (let link = this.#first; link; link = link.next) yield link.item;
  }

  push(item: Item): void {
    const { last, putBack } = this.#before();
    const link = { item, next: null };
    if (last) last.next = link;
    else this.#first = link;
    this.#last = link;
    this.#journal.record(() => {
      if (last) last.next = null;
      putBack();
    });
  }

  /** Takes the first one out, if there is one. */
  shift(): void {
    const { putBack } = this.#before();
    this.#first = this.#first?.next ?? null;
    if (this.#first === null) this.#last = null;
    this.#journal.record(putBack);
  }

  #before(): { readonly last: Link<Item> | null; readonly putBack: () => void } {
    const [first, last] = [this.#first, this.#last];
    return {
      last,
      putBack: () => {
        this.#first = first;
        this.#last = last;
      },
    };
  }
}
