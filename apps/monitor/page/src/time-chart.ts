/// <reference types="uplot" />
import { sayTicks } from './say.ts';

/** A line of a chart; `band` with the line before it: the room in between is filled. */
export interface ChartLine {
  readonly label: string;
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dash?: readonly number[];
  readonly fill?: string;
  /** Filled up to the line before. */
  readonly band?: boolean;
  readonly points?: boolean;
  readonly width?: number;
  readonly say: (value: number | null | undefined) => string;
}

/** A span of time behind the lines. */
export interface ChartSpan {
  readonly from: number;
  readonly to: number;
  readonly colour: string;
  readonly label?: string;
}

export interface ChartContent {
  /** Epoch seconds, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly spans: readonly ChartSpan[];
  /** The least range of the vertical axis; without it from 0 to a little above the largest value. */
  readonly range?: readonly [number, number];
  readonly height: number;
  /** What the vertical axis says. */
  readonly say: (value: number) => string;
}

const FONT = '12px system-ui, sans-serif';

/** A chart over time by uPlot in colours of the style sheet; made anew when those change, sized by its container. */
export class TimeChart {
  readonly #container: HTMLElement;
  #content: ChartContent;
  #plot: uPlot;
  readonly #onCursor: (index: number | null) => void;

  constructor(container: HTMLElement, content: ChartContent, onCursor: (index: number | null) => void) {
    this.#container = container;
    this.#content = content;
    this.#onCursor = onCursor;
    this.#plot = this.#made();
    new ResizeObserver(() => this.#fit()).observe(container);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw(this.#content));
  }

  /** The new content in place of the old one, in the same breath. */
  draw(content: ChartContent): void {
    const before = this.#plot;
    this.#content = content;
    this.#plot = this.#made();
    before.destroy();
  }

  /** The place of the time that lies nearest. @param clientX as a pointer's event has it */
  indexAt(clientX: number): number {
    return this.#plot.posToIdx(clientX - this.#plot.over.getBoundingClientRect().left);
  }

  #fit(): void {
    const { clientWidth: width } = this.#container;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#content.height });
  }

  #made(): uPlot {
    const { times, lines, height } = this.#content;
    const data = [times, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData;
    const width = this.#container.clientWidth || 300;
    return new uPlot({ ...this.#options(), width, height }, data, this.#container);
  }

  #options(): Omit<uPlot.Options, 'width' | 'height'> {
    const { lines, range, say } = this.#content;
    const colour = this.#colours();
    const axis = {
      stroke: colour('--quiet'),
      font: FONT,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { range: (_, from, to) => padded(from, to) },
        y: { range: (_, from, to) => rangeOf(from, to, range) },
      },
      axes: [
        { ...axis, size: 28, values: (_, ticks) => sayTicks(ticks) },
        { ...axis, size: 46, values: (_, ticks) => ticks.map((tick) => say(tick)) },
      ],
      series: [{}, ...lines.map((line) => seriesOf(line, colour))],
      bands: lines.flatMap(({ band, colour: of }, i) =>
        band ? [{ series: [i, i + 1] as [number, number], fill: colour(`${of}-fill`) }] : [],
      ),
      hooks: {
        drawClear: [(plot) => this.#drawSpans(plot, colour)],
        setCursor: [({ cursor }) => this.#onCursor(cursor.idx ?? null)],
      },
    };
  }

  #drawSpans({ ctx, bbox, valToPos }: uPlot, colour: (name: string) => string): void {
    ctx.save();
    ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textBaseline = 'top';
    for (const { from, to, colour: of, label } of this.#content.spans) {
      const [left, right] = [from, to].map((at) =>
        Math.min(Math.max(valToPos(at, 'x', true), bbox.left), bbox.left + bbox.width),
      ) as [number, number];
      ctx.fillStyle = colour(of);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.fillStyle = colour('--quiet');
      if (label)
        ctx.fillText(label, left + 4 * devicePixelRatio, bbox.top + 4 * devicePixelRatio, Math.max(1, right - left));
    }
    ctx.restore();
  }

  #colours(): (name: string) => string {
    const style = getComputedStyle(this.#container);
    return (name) => style.getPropertyValue(name).trim();
  }
}

function seriesOf(
  { label, colour: of, dash, fill, points = false, width = 1.5 }: ChartLine,
  colour: (name: string) => string,
) {
  return {
    label,
    stroke: colour(of),
    width,
    ...(dash && { dash: [...dash] }),
    ...(fill && { fill: colour(fill), fillTo: 0 }),
    points: { show: points, size: 5, fill: colour(of) },
    spanGaps: false,
  };
}

/** A single window is drawn in the middle of a day. */
function padded(from: number, to: number): [number, number] {
  return from === to ? [from - 43_200, to + 43_200] : [from, to];
}

function rangeOf(from: number | null, to: number | null, least?: readonly [number, number]): [number, number] {
  if (!least) return [0, (to ?? 0) * 1.1 || 1];
  return [Math.min(least[0], from ?? least[0]), Math.max(least[1], to ?? least[1])];
}
