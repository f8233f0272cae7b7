import type { AlertNote } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { headerText, type PredictionValue } from '@millrace/records';
import { type Log, readTopic } from '@millrace/stream';

/** A prediction whose value lies in the bin that has gained most. */
export interface AffectedRow {
  readonly id: string;
  /** Event time, RFC 3339. */
  readonly time: string;
  readonly value: string;
  /** Of the trace that it is in; null where none was recorded. */
  readonly trace: string | null;
}

export interface AffectedRows {
  readonly bin: string;
  /** How many there are in the window that opened the incident. */
  readonly count: number;
  /** The first of them by time. */
  readonly rows: readonly AffectedRow[];
}

const BOUNDS = /^\((\S+), (\S+)[\])]$/;
const NUMBERS: Readonly<Record<string, number>> = { '-inf': -Infinity, '+inf': Infinity };

/**
 * Looks through `<p>.predictions` for what has moved: the predictions in the window that opened an incident whose value lies in
 * the bin that has gained most. Null where the bins are none of values that predictions have, or the log has none of the window's.
 *
 * @param most that are named
 * @throws AppError `TOPIC_MISSING`
 */
export async function affectedRows(
  log: Log,
  plan: Plan,
  opened: AlertNote,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<AffectedRows | null> {
  const gained = opened.moved.find(({ from, to }) => to > from);
  const valueOf = valueReader(plan, opened.signal);
  if (!gained || !valueOf) return null;
  const [start, end] = [Date.parse(opened.window.start), Date.parse(opened.window.end)];
  let first: AffectedRow[] = [];
  let [count, known] = [0, false];
  const topic = plan.names.predictions;
  for await (const { value, headers } of readTopic(log, { topic, from: 'beginning', until: 'end', signal })) {
    const row = JSON.parse(String(value)) as PredictionValue;
    const at = Date.parse(row.time);
    if (row.version !== opened.version || row.variant !== opened.variant || at < start || at >= end) continue;
    const shown = valueOf(row);
    known ||= shown !== undefined;
    if (shown === undefined || !holds(gained.bin, shown)) continue;
    const trace = headerText(headers, 'traceparent')?.split('-')[1] ?? null;
    count++;
    first.push({ id: row.id, time: row.time, value: String(shown ?? 'null'), trace });
    if (first.length > 2 * most) first = earliest(first, most); // a window may have millions
  }
  return known ? { bin: gained.bin, count, rows: earliest(first, most) } : null;
}

function earliest(rows: readonly AffectedRow[], most: number): AffectedRow[] {
  return rows.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)).slice(0, most);
}

type Shown = number | string | null | undefined;

/** What a prediction has of a signal: a category as its name. Null where the signal is none of its values. */
function valueReader({ vector }: Plan, signal: string): ((row: PredictionValue) => Shown) | null {
  const output = /^outputs\.([^.]+)$/.exec(signal)?.[1];
  if (output !== undefined) return ({ outputs }) => outputs[output];
  const feature = vector.find(({ name }) => name === signal);
  if (!feature) return null;
  const categories = 'categories' in feature ? feature.categories : null;
  return ({ features }) => {
    const value = features?.[signal];
    return categories && typeof value === 'number' ? String(categories[value]) : value;
  };
}

/** As the profile's bins are named: `(5, 10]`, `UA`, `missing`. */
function holds(bin: string, value: Exclude<Shown, undefined>): boolean {
  if (value === null) return bin === 'missing';
  if (typeof value === 'string') return bin === value;
  const [, low = '', high = ''] = BOUNDS.exec(bin) ?? [];
  // bounds are of the model's float32
  const at = Math.fround(value);
  return at > (NUMBERS[low] ?? Number(low || NaN)) && at <= (NUMBERS[high] ?? Number(high || NaN));
}
