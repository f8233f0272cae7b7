import type { Plan } from '@millrace/pipeline';
import { partitionOf, type OutboundRecord } from '@millrace/records';

import { BAD_PLACE } from '../pipeline/poisoned-stage.ts';
import { BAD_N } from '../pipeline/simulated-model.ts';
import type { Dice } from '../world/dice.ts';
import { EPOCH_MS } from '../world/world.ts';

/** A record for `<p>.events`, and when it is written there. */
export interface Arrival {
  readonly atMs: number;
  readonly record: OutboundRecord;
}

export interface TrafficSetting {
  /** Partitions of `<p>.events`. */
  readonly inputs: number;
  /** Whether a promise orders the events; else they may come late. */
  readonly promise: boolean;
  readonly events: number;
  /** Of the events. */
  readonly lastsMs: number;
  /** By how much faster than they happen they are written, as a replay does. */
  readonly speed: number;
}

const STARTS_MS = 500;
/** Makes an id too long for the topic of the predictions. */
const LONG = '-long'.repeat(120);
export const USERS = ['ann', 'bob', 'cem', 'dot', 'eve', null];
export const PLACES = ['x', 'y', 'z'];
/** Less than `events.lateness`: whatever the weather, nobody's clock has passed it. */
const MOST_LATE_MS = 6000;
/**
 * Late events are sales to somebody who asks for nothing. Another's would be seen, or not, by a request of theirs that
 * waits for its parts: the assembler computes its own part last, so that without a promise this depends on the weather.
 */
const LATE_USER = 'zoe';

/** What is wrong with a poisoned event; each leads to one dead letter, whatever else happens. */
const POISONS: readonly ((event: Record<string, unknown>) => unknown)[] = [
  () => 'no json',
  (event) => ({ ...event, type: 'nobody' }),
  (event) => ({ ...event, place: 7 }),
  (event) => ({ ...event, id: undefined }),
  (event) => ({ ...event, at: 'yesterday' }),
  (event) => ({ ...event, at: (event['at'] as number) + 7_200_000 }),
  (event) => ({ ...event, id: 'i'.repeat(2100) }),
];

/** Asks and sales, some sent twice, some late, some bad; in the order in which they are written. */
export function drawTraffic(plan: Plan, dice: Dice, setting: TrafficSetting): readonly Arrival[] {
  const asks: string[] = [];
  const arrivals = Array.from({ length: setting.events }, (_, i): Arrival[] => {
    const atMs = STARTS_MS + Math.floor((i * setting.lastsMs) / setting.events) + dice.int(0, 40);
    const event = drawEvent(i, atMs, asks, dice, setting);
    const value = dice.chance(0.04) ? dice.pick(POISONS)(event) : event;
    const arrival = { atMs, record: recordOf(plan, event, value, setting.inputs) };
    return dice.chance(0.08) ? [arrival, { ...arrival, atMs: atMs + dice.int(0, 3000) }] : [arrival];
  });
  return arrivals
    .flat()
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, record }) => ({ atMs: atMs / setting.speed, record }));
}

function drawEvent(
  i: number,
  atMs: number,
  asks: string[],
  dice: Dice,
  { promise }: TrafficSetting,
): Record<string, unknown> {
  const late = !promise && dice.chance(0.05) ? dice.int(1, MOST_LATE_MS) : 0;
  const at = EPOCH_MS + atMs - late;
  const [id, user, place] = [
    dice.chance(0.02) ? `e${i}${LONG}` : `e${i}`,
    dice.pick(USERS),
    dice.chance(0.05) ? BAD_PLACE : dice.pick(PLACES),
  ];
  if (late > 0) return { type: 'sale', id, at, user: LATE_USER, place, amount: dice.int(1, 99), ask: null };
  if (dice.chance(0.5)) {
    asks.push(JSON.stringify([id, user]));
    return { type: 'ask', id, at, user, place, n: dice.chance(0.04) ? BAD_N : dice.int(0, 9) };
  }
  const [ask, asker] =
    asks.length > 0 && dice.chance(0.7) ? (JSON.parse(dice.pick(asks)) as [string, string | null]) : [null, null];
  const amount = dice.chance(0.03) ? 0 : dice.int(1, 99) + 0.5;
  return { type: 'sale', id, at, user: asker ?? user ?? 'ann', place, amount, ask: asker === null ? null : ask };
}

/** What has one key lies in one partition: its order is the user's promise. */
function recordOf(plan: Plan, event: Record<string, unknown>, value: unknown, inputs: number): OutboundRecord {
  const user = event[plan.predict.key] as string | null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    topic: plan.names.events,
    partition: partitionOf(user ?? String(event['id']), inputs),
    key: user,
    value: text,
    timestamp: Number(event['at']),
  };
}
