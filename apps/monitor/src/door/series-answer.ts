import type { MonitorView, WatchedStream, WindowNote } from '@millrace/drift';

/** A number of each window, in their order; null where it was not judged. */
type Column = readonly (number | null)[];

const MEASURES = ['psi', 'floor', 'null_quantile'] as const;

/** Closed windows of a stream by column, which is a tenth of the size that they have one by one: what charts are drawn from. */
export function seriesAnswer(view: MonitorView, { version, variant }: WatchedStream): object {
  const series = view.subjects(version, variant).map((subject) => {
    const windows = view.windows(version, variant, subject);
    return {
      subject,
      start: windows.map(({ start }) => start),
      end: windows.map(({ end }) => end),
      rows: windows.map(({ rows }) => rows),
      signals: Object.fromEntries(signalsOf(windows).map((name) => [name, columnsOf(windows, name)])),
    };
  });
  return { version, variant, series };
}

function signalsOf(windows: readonly WindowNote[]): readonly string[] {
  return [...new Set(windows.flatMap(({ signals }) => Object.keys(signals)))];
}

function columnsOf(windows: readonly WindowNote[], name: string): Readonly<Record<(typeof MEASURES)[number], Column>> {
  const [psi = [], floor = [], nullQuantile = []] = MEASURES.map((measure) =>
    windows.map(({ signals }) => signals[name]?.[measure] ?? null),
  );
  return { psi, floor, null_quantile: nullQuantile };
}
