import type { StreamStatus } from './api-types.ts';
import type { ChartSpan } from './time-chart.ts';

export function seconds(time: string): number {
  return Date.parse(time) / 1000;
}

/** When each version was watched, as far as windows are kept: the background of what is drawn over time. */
export function versionSpans(streams: readonly StreamStatus[]): readonly ChartSpan[] {
  return streams
    .filter(({ version, since, latest }) => version !== '-' && since !== null && latest !== null)
    .map(({ version, variant, since, latest }, i) => ({
      from: seconds(since as string),
      to: seconds((latest as { end: string }).end),
      colour: i % 2 === 0 ? '--version-a' : '--version-b',
      label: `version ${version}${variant === 'champion' ? '' : ` ${variant}`}`,
    }));
}
