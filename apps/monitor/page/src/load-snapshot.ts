import { streamName } from './address.ts';
import type { Distributions, Incident, Overview, PerformanceWindow, Series, StreamStatus } from './api-types.ts';
import { Refusal, type MonitorClient } from './ask-monitor.ts';

/** All that the page knows at a time. */
export interface Snapshot {
  readonly overview: Overview;
  /** The newest first. */
  readonly incidents: readonly Incident[];
  /** The stream that is looked at; null before a window of any has closed. */
  readonly stream: StreamStatus | null;
  readonly series: readonly Series[];
  readonly distributions: Distributions;
  readonly estimated: readonly PerformanceWindow[];
  readonly realised: readonly PerformanceWindow[];
}

/**
 * @param end of the window whose distributions are wanted; empty: the newest
 * @throws Refusal
 */
export async function loadSnapshot(client: MonitorClient, wanted: string, end: string): Promise<Snapshot> {
  const [overview, { incidents }] = await Promise.all([
    client.get<Overview>(''),
    client.get<{ readonly incidents: readonly Incident[] }>('/incidents'),
  ]);
  const stream = chosen(overview.streams, wanted);
  if (!stream) return { ...NOTHING, overview, incidents };
  const { version, variant } = stream;
  const windows = (subject: string, signal: string) =>
    client.get<{ readonly windows: readonly PerformanceWindow[] }>('/windows', { version, variant, subject, signal });
  const [{ series }, distributions, rows, labels] = await Promise.all([
    client.get<{ readonly series: readonly Series[] }>('/series', { version, variant }),
    distributionsOf(client, stream, end),
    windows('rows', 'estimate.error_rate'),
    windows('labels', 'performance.error_rate'),
  ]);
  return { overview, incidents, stream, series, distributions, estimated: rows.windows, realised: labels.windows };
}

/** Those of the newest window where the one that is wanted is not kept any more. */
async function distributionsOf(
  client: MonitorClient,
  { version, variant }: StreamStatus,
  end: string,
): Promise<Distributions> {
  const ask = (query: Readonly<Record<string, string>>): Promise<Distributions> =>
    client.get<Distributions>('/signals', { version, variant, ...query });
  if (end === '') return ask({});
  return ask({ end }).catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 400) return ask({});
    throw error;
  });
}

const NOTHING = {
  stream: null,
  series: [],
  distributions: { window: null, signals: [] },
  estimated: [],
  realised: [],
} as const;

/** The one that is asked for, else that of a model which was watched last. */
function chosen(streams: readonly StreamStatus[], wanted: string): StreamStatus | null {
  return (
    streams.find((stream) => streamName(stream) === wanted) ??
    streams.findLast(({ version }) => version !== '-') ??
    streams.at(-1) ??
    null
  );
}
