import type { Feed } from './feed.ts';

const EVERY_MS = 100;

/**
 * Publishes so many records a second until it is stopped, whatever happens to the broker. What is published again because
 * its fate was not known may stand in the input twice: what went in is what the input topic says.
 */
export class SteadyFeed {
  readonly #feed: Feed;
  readonly #batch: number;
  readonly #ended: Promise<void>;
  #running = true;

  constructor(feed: Feed, perSecond: number) {
    this.#feed = feed;
    this.#batch = Math.max(1, Math.round((perSecond * EVERY_MS) / 1000));
    this.#ended = this.#run();
  }

  stop(): Promise<void> {
    this.#running = false;
    return this.#ended;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      await this.#feed.publish(this.#batch).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
}
