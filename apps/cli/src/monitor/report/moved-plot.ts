import { round, svg, svgText } from './svg.ts';

const WIDTH = 720;
const BAR = 16;
const STEP = 58;
const LEFT = 12;
const LONGEST = 560;

/** The bins that moved most: share in the reference above the share in the window. */
export function movedPlot(
  moved: readonly { readonly bin: string; readonly from: number; readonly to: number }[],
): string {
  const top = Math.max(...moved.flatMap(({ from, to }) => [from, to])) || 1;
  const bar = (y: number, share: number, fill: string): string => {
    const width = Math.max(1, (LONGEST * share) / top);
    return `<rect x="${LEFT}" y="${y}" width="${round(width)}" height="${BAR}" fill="${fill}"/>${svgText(LEFT + width + 6, y + 13, `${Number((share * 100).toPrecision(3))} %`)}`;
  };
  const bars = moved.flatMap(({ bin, from, to }, index) => {
    const y = index * STEP + 8;
    return [svgText(LEFT, y + 10, bin), bar(y + 15, from, '#9ca3af'), bar(y + 15 + BAR, to, '#1d4ed8')];
  });
  const height = moved.length * STEP + 34;
  const label = moved.map(({ bin, from, to }) => `${bin}: from ${from} to ${to}`).join('; ');
  return svg({ width: WIDTH, height, label }, [
    ...bars,
    svgText(LEFT, height - 8, 'grey: reference · blue: window that opened the incident'),
  ]);
}
