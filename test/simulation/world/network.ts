import { AppError } from '@millrace/core';
import { BrokerRefusal, type Carry, type RequestName } from '@millrace/memory-log';

import type { Host } from './host.ts';
import type { World } from './world.ts';

const OF_GROUPS: readonly RequestName[] = ['member-id', 'join', 'heartbeat', 'leave', 'committed', 'commit-offsets'];
const OF_TRANSACTIONS: readonly RequestName[] = ['init-producer', 'add-partitions', 'add-offsets', 'end-transaction'];

/** A join waits for the others, and no longer: a repeated one takes the answer away from the one before. */
const JOIN_LIMIT_MS = 40_000;

/** A stretch of bad weather. */
export interface Weather {
  /** Which hosts' requests; null: everyone's. */
  readonly host: string | null;
  readonly untilMs: number;
  /** Of these requests alone; null: all. */
  readonly request: RequestName | null;
  /** Shares of requests that never arrive, of answers that never do, and of requests that arrive when nobody waits. */
  readonly lostRequests: number;
  readonly lostAnswers: number;
  readonly lateRequests: number;
}

type Fate = 'arrives' | 'lost-request' | 'lost-answer' | 'late';

/** Between the hosts and the broker: every request and every answer takes its own time, so they overtake each other. */
export class Network {
  readonly #world: World;
  readonly #weather: Weather[] = [];
  #groupsAwayUntilMs = 0;
  #transactionsAwayUntilMs = 0;
  #brokerAwayUntilMs = 0;

  constructor(world: World) {
    this.#world = world;
  }

  add(weather: Weather): void {
    this.#weather.push(weather);
  }

  /** Coordinators move: for a while nobody coordinates. */
  moveCoordinators(of: 'groups' | 'transactions', ms: number): void {
    if (of === 'groups') this.#groupsAwayUntilMs = this.#world.nowMs + ms;
    else this.#transactionsAwayUntilMs = this.#world.nowMs + ms;
  }

  /** The broker cannot be reached; it loses nothing. */
  cutBroker(ms: number): void {
    this.#brokerAwayUntilMs = this.#world.nowMs + ms;
  }

  carryFor(host: Host): Carry {
    return (request, ask) => new Promise((resolve, reject) => this.#send(host, request, ask, resolve, reject));
  }

  #send<T>(
    host: Host,
    request: RequestName,
    ask: () => T | Promise<T>,
    resolve: (answer: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const fate = this.#fate(host, request);
    const giveUp = (ms: number): void => {
      this.#world.after(ms, () => host.deliver(() => reject(unanswered(request))));
    };
    if (this.#world.nowMs < this.#brokerAwayUntilMs) return giveUp(host.dice.int(1, 30));
    if (fate !== 'arrives') {
      this.#world.say(() => `${host.name} ${request}: ${fate}`);
      giveUp(host.dice.chance(0.5) ? host.dice.int(2, 60) : 2000);
    }
    if (request === 'join' && fate === 'arrives') giveUp(JOIN_LIMIT_MS);
    if (fate === 'lost-request') return;
    const answer = fate === 'arrives' ? { resolve, reject } : null;
    this.#world.after(fate === 'late' ? host.dice.int(500, 12_000) : delayMs(host), () =>
      this.#arrive(host, request, ask, answer),
    );
  }

  #arrive<T>(
    host: Host,
    request: RequestName,
    ask: () => T | Promise<T>,
    answer: { resolve: (answer: T) => void; reject: (error: unknown) => void } | null,
  ): void {
    const back = (act: () => void): void => {
      if (answer) this.#world.after(delayMs(host), () => host.deliver(act));
    };
    try {
      this.#assertCoordinated(request);
      const found = ask();
      if (!(found instanceof Promise)) back(() => answer?.resolve(found));
      else
        found.then(
          (value) => back(() => answer?.resolve(value)),
          (error: unknown) => back(() => answer?.reject(error)),
        );
      if (request !== 'fetch' && request !== 'heartbeat') this.#world.say(() => `${host.name} ${request}`);
    } catch (error) {
      this.#world.say(() => `${host.name} ${request} refused: ${String(error)}`);
      back(() => answer?.reject(error));
    }
  }

  #assertCoordinated(request: RequestName): void {
    const { nowMs } = this.#world;
    const away =
      (nowMs < this.#groupsAwayUntilMs && OF_GROUPS.includes(request)) ||
      (nowMs < this.#transactionsAwayUntilMs && OF_TRANSACTIONS.includes(request));
    if (away) throw new BrokerRefusal('NOT_COORDINATOR', `for ${request}`);
  }

  #fate(host: Host, request: RequestName): Fate {
    for (const weather of this.#weather) {
      if (weather.untilMs <= this.#world.nowMs) continue;
      if (weather.host !== null && weather.host !== host.name) continue;
      if (weather.request !== null && weather.request !== request) continue;
      const drawn = host.dice.next();
      if (drawn < weather.lostRequests) return 'lost-request';
      if (drawn < weather.lostRequests + weather.lostAnswers) return 'lost-answer';
      if (drawn < weather.lostRequests + weather.lostAnswers + weather.lateRequests) return 'late';
    }
    return 'arrives';
  }
}

function unanswered(request: RequestName): AppError {
  return new AppError('LOG_UNAVAILABLE', `${request} was not answered`);
}

/** Mostly about a millisecond, now and then much more. */
function delayMs({ dice }: Host): number {
  const drawn = dice.next();
  return drawn < 0.05 ? 5 + drawn * 1000 : 0.2 + drawn;
}
