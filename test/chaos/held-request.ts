export type Verdict = 'pass' | 'cut' | 'cut-after-reply';

/** A request that has left its client and not yet reached the broker: a test decides what becomes of it. */
export class HeldRequest {
  readonly decided: Promise<Verdict>;
  /** Resolves when the broker has answered it, whoever gets to see the answer. */
  readonly answered: Promise<void>;
  #decide: (verdict: Verdict) => void = () => undefined;
  #noteAnswer: () => void = () => undefined;

  constructor() {
    this.decided = new Promise((resolve) => {
      this.#decide = resolve;
    });
    this.answered = new Promise((resolve) => {
      this.#noteAnswer = resolve;
    });
  }

  /** Lets it go on to the broker, also where its client has given up meanwhile. */
  pass(): void {
    this.#decide('pass');
  }

  /** Cuts the connection; the broker never sees it. */
  cut(): void {
    this.#decide('cut');
  }

  /** Lets it go on, and cuts the connection in place of the reply. */
  async cutAfterReply(): Promise<void> {
    this.#decide('cut-after-reply');
    await this.answered;
  }

  noteAnswer(): void {
    this.#noteAnswer();
  }
}
