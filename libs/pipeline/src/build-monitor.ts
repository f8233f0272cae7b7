import { buildSinks } from './build-sinks.ts';
import { bytesOf, msOf } from './checked-quantity.ts';
import type { FeatureDraft } from './feature-draft.ts';
import type { MonitorSection } from './pipeline-file.ts';
import type { Floor, MonitorPlan } from './plan.ts';
import type { Problems } from './problems.ts';
import { parseDuration } from './quantity.ts';
import { isZone, ZONES } from './zoned-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Signals that are no feature and no output. */
const PERFORMANCE_SIGNALS = ['performance.error_rate', 'estimate.error_rate', 'estimate.gap'];
const SKEW = 'skew.';
const FEATURE_SIGNAL = /^(.+?)(\.missing|\.unseen|\.non_finite)?$/;

/**
 * @param types of events
 * @param longestMs the longest `over`: the default of `warm_up`
 */
export function buildMonitor(
  section: MonitorSection,
  features: readonly FeatureDraft[],
  types: readonly string[],
  longestMs: number,
  problems: Problems,
): MonitorPlan {
  const window = section.window ?? {};
  checkWindow(window, problems);
  const floors = Object.entries(section.floors ?? {}).filter(([, floor]) => floor !== undefined);
  const known = [
    ...features.map(({ name }) => name),
    ...PERFORMANCE_SIGNALS,
    ...types.map((type) => `rate.${type}`),
    'dead_letters',
    ...features.map(({ name }) => `${SKEW}${name}`),
  ];
  for (const [signal, floor] of floors) {
    checkSignal(signal, new Set(known), problems);
    if (signal.startsWith(SKEW) && typeof floor !== 'number')
      problems.add(['monitor', 'floors', signal], { found: 'own', allowed: 'a number: a reference has no skew' });
  }
  return {
    window: {
      everyMs: window.rows === undefined ? msOf(window.every, HOUR_MS) : null,
      rows: window.rows ?? null,
      starts: window.starts ?? null,
      zone: window.zone ?? 'UTC',
      minRows: window.min_rows ?? 300,
      atMostMs: msOf(window.at_most, DAY_MS),
    },
    warmUpMs: msOf(section.warm_up, longestMs),
    floor: section.floor ?? 0.1,
    floors: new Map<string, Floor>(floors),
    runLength: section.run_length ?? 1000,
    persistence: section.persistence ?? 2,
    remindMs: msOf(section.remind, DAY_MS),
    block: section.block ?? null,
    seasonal: section.seasonal ?? false,
    slices: checkedSlices(section.slices ?? [], features, problems),
    skew: section.skew ?? 0,
    joinMemoryBytes: bytesOf(section.join?.memory, 256 * 1024 ** 2),
    sinks: buildSinks(section.sinks ?? [], problems),
  };
}

function checkedSlices(
  slices: readonly string[],
  features: readonly FeatureDraft[],
  problems: Problems,
): readonly string[] {
  const names = features.flatMap((feature) => (feature.kind === 'value' && feature.categories ? [feature.name] : []));
  slices.forEach((slice, i) => {
    if (names.includes(slice)) return;
    const allowed = names.length === 0 ? 'a feature with categories; there is none' : 'a feature with categories';
    problems.add(['monitor', 'slices', i], { found: slice, allowed, names, name: slice });
  });
  return slices;
}

function checkWindow(window: NonNullable<MonitorSection['window']>, problems: Problems): void {
  const path = ['monitor', 'window'];
  const { every, rows, starts, zone } = window;
  if (every !== undefined && rows !== undefined)
    problems.addAtKey([...path, 'rows'], { found: 'both every and rows', allowed: 'one of them' });
  const everyMs = every === undefined ? HOUR_MS : parseDuration(every);
  if (everyMs === 0) problems.add([...path, 'every'], { found: String(every), allowed: 'at least 1ms' });
  if (zone !== undefined && !isZone(zone))
    problems.add([...path, 'zone'], {
      found: `zone ${zone}`,
      allowed: 'an IANA time zone such as Europe/Berlin',
      names: ZONES,
      name: zone,
    });
  if (starts === undefined || everyMs === null || everyMs === 0) return;
  const unit = /\d/.test(starts) ? DAY_MS : 7 * DAY_MS;
  if (rows !== undefined || everyMs % unit !== 0)
    problems.add([...path, 'starts'], {
      found: `${starts} with ${rows === undefined ? `every: ${every ?? '1h'}` : 'rows'}`,
      allowed: unit === DAY_MS ? 'a time of day with every: 1d, 2d, …' : 'a weekday with every: 7d, 14d, …',
    });
}

function checkSignal(signal: string, known: ReadonlySet<string>, problems: Problems): void {
  if (signal.startsWith('outputs.') || known.has(FEATURE_SIGNAL.exec(signal)?.[1] ?? '')) return;
  problems.addAtKey(['monitor', 'floors', signal], {
    found: `unknown signal ${signal}`,
    allowed: `a feature's name, outputs.<name>, rate.<type>, dead_letters, skew.<feature>, ${PERFORMANCE_SIGNALS.join(', ')}`,
    names: known,
    name: signal,
  });
}
