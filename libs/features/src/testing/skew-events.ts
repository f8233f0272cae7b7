const HOUR = 3_600_000;

/** Of an event that asks for a prediction of `ended_1h` and `place_1h`, or of one that these count. */
export interface SkewEvent {
  readonly id: string;
  readonly type: 'asked' | 'ended';
  /** Epoch milliseconds. */
  readonly at: number;
  readonly user: string;
  readonly place: string;
}

export const SKEW_START = Date.parse('2026-01-05T00:00:00Z');

/** Events of 20 hours, 30 an hour: 3 users, 2 places, each fifth one asks. */
export const SKEW_EVENTS = Array.from({ length: 600 }, (_, i): SkewEvent => ({
  id: `e${i}`,
  type: i % 5 === 4 ? 'asked' : 'ended',
  at: SKEW_START + i * 120_000 + ((i * 37) % 100) * 1000,
  user: `u${i % 3}`,
  place: `p${(i >> 2) % 2}`,
}));

/** How many of them ended with the same user or place before one asked, within so many milliseconds. */
export function endedBefore(by: 'user' | 'place', asked: SkewEvent, over = HOUR): number {
  return SKEW_EVENTS.filter(
    ({ type, at, [by]: key }) => type === 'ended' && key === asked[by] && at < asked.at && at > asked.at - over,
  ).length;
}

/** What is right to serve: `[ended_1h, place_1h]`. */
export function skewVector(asked: SkewEvent): readonly [ended: number, place: number] {
  return [endedBefore('user', asked), endedBefore('place', asked)];
}
