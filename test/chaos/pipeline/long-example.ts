import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';
/** Longer than the slice, in whole days. */
const ROUND_MS = 57 * 86_400_000;
const WITHIN_MS = 36 * 3_600_000;

interface FlightEvent {
  readonly type: string;
  readonly id: string;
  readonly at: string;
  readonly arr_delay?: number | null;
}

/** What events of the example must lead to. */
export interface LongExample {
  readonly events: number;
  /** Ids of the events that ask for a prediction, in order. */
  readonly requests: readonly string[];
  /** Ids of the predictions whose outcome comes in time. */
  readonly examples: ReadonlySet<string>;
}

/** Writes so many events: the example's slice, and then the same flights some weeks later, under other ids. */
export async function writeLongExample(file: string, count: number): Promise<LongExample> {
  const slice = await readLines(EVENTS);
  const events = Array.from({ length: count }, (_, i) =>
    inRound(JSON.parse(slice[i % slice.length] as string) as FlightEvent, Math.floor(i / slice.length)),
  );
  await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return exampleOf(events);
}

/** The same of a file that is there: JSON Lines, perhaps with gzip. */
export async function readLongExample(file: string): Promise<LongExample> {
  return exampleOf((await readLines(file)).map((line) => JSON.parse(line) as FlightEvent));
}

async function readLines(file: string): Promise<readonly string[]> {
  const bytes = await readFile(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n');
}

function exampleOf(events: readonly FlightEvent[]): LongExample {
  const requests = events.filter(({ type }) => type === 'departure_due');
  return { events: events.length, requests: requests.map(({ id }) => id), examples: withOutcome(requests, events) };
}

function inRound(event: FlightEvent, round: number): FlightEvent {
  if (round === 0) return event;
  const at = new Date(Date.parse(event.at) + round * ROUND_MS).toISOString();
  return { ...event, at, id: `${event.id}-${round}` };
}

function withOutcome(requests: readonly FlightEvent[], events: readonly FlightEvent[]): ReadonlySet<string> {
  const dueMs = new Map(requests.map(({ id, at }) => [id, Date.parse(at)]));
  const inTime = ({ type, id, at, arr_delay: delay }: FlightEvent): boolean => {
    const askedMs = dueMs.get(id);
    if (type !== 'arrived' || delay === null || delay === undefined || askedMs === undefined) return false;
    return Date.parse(at) >= askedMs && Date.parse(at) - askedMs <= WITHIN_MS;
  };
  return new Set(events.filter(inTime).map(({ id }) => id));
}
