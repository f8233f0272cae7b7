import { round, svg, svgLine, svgText } from './svg.ts';

export interface PsiPoint {
  /** RFC 3339: the end of the window. */
  readonly end: string;
  readonly psi: number;
  readonly nullQuantile: number;
  readonly floor: number;
}

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 56;
const RIGHT = 700;
const TOP = 28;
const BOTTOM = 214;

/** PSI by window, with the floor and what an unchanged window stays below, and where the incident opened. */
export function psiPlot(points: readonly PsiPoint[], openedAt: string): string {
  const top = Math.max(...points.flatMap(({ psi, nullQuantile, floor }) => [psi, nullQuantile, floor])) * 1.1 || 1;
  const x = (index: number): number =>
    points.length === 1 ? (LEFT + RIGHT) / 2 : LEFT + ((RIGHT - LEFT) * index) / (points.length - 1);
  const y = (value: number): number => BOTTOM - ((BOTTOM - TOP) * value) / top;
  const line = (of: (point: PsiPoint) => number): [number, number][] => {
    const heights = points.map((point) => y(of(point)));
    return heights.length === 1
      ? [LEFT, RIGHT].map((at) => [at, heights[0] as number])
      : heights.map((height, index) => [x(index), height]);
  };
  const opened = points.findIndex(({ end }) => end >= openedAt);
  return svg({ width: WIDTH, height: HEIGHT, label: describe(points, openedAt) }, [
    svgLine(
      [
        [LEFT, TOP],
        [LEFT, BOTTOM],
        [RIGHT, BOTTOM],
      ],
      'stroke="#222"',
    ),
    svgText(LEFT - 6, y(0) + 4, '0', 'end'),
    svgText(LEFT - 6, y(top / 1.1) + 4, String(Number((top / 1.1).toPrecision(2))), 'end'),
    svgLine(
      line(({ nullQuantile }) => nullQuantile),
      'stroke="#777" stroke-dasharray="2 3"',
    ),
    svgLine(
      line(({ floor }) => floor),
      'stroke="#b45309" stroke-dasharray="7 4"',
    ),
    ...(opened < 0
      ? []
      : [
          svgLine(
            [
              [x(opened), TOP],
              [x(opened), BOTTOM],
            ],
            'stroke="#b91c1c"',
          ),
          svgText(x(opened), TOP - 4, 'opened', 'middle'),
        ]),
    svgLine(
      points.map(({ psi }, index) => [x(index), y(psi)]),
      'stroke="#1d4ed8" stroke-width="2"',
    ),
    ...points.map(
      ({ psi, end }, index) =>
        `<circle cx="${round(x(index))}" cy="${round(y(psi))}" r="3" fill="#1d4ed8"><title>${end}: ${psi}</title></circle>`,
    ),
    ...ends(points, x),
    svgText(LEFT, HEIGHT - 8, 'blue: PSI · long dashes: floor of the effect · dots: null quantile (95 %)'),
  ]);
}

function ends(points: readonly PsiPoint[], x: (index: number) => number): readonly string[] {
  const day = (index: number): string => points[index]?.end.slice(0, 10) ?? '';
  if (points.length === 1) return [svgText(x(0), BOTTOM + 18, day(0), 'middle')];
  return [svgText(LEFT, BOTTOM + 18, day(0)), svgText(RIGHT, BOTTOM + 18, day(points.length - 1), 'end')];
}

function describe(points: readonly PsiPoint[], openedAt: string): string {
  const [first, last] = [points[0], points.at(-1)];
  const most = Math.max(...points.map(({ psi }) => psi));
  return `PSI of ${points.length} windows from ${first?.end} to ${last?.end}, at most ${Number(most.toPrecision(3))}; the incident opened at ${openedAt}`;
}
