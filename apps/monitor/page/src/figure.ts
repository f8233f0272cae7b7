import { element } from './element.ts';
import { show } from './show.ts';
import { TimeChart, type ChartContent, type ChartLine } from './time-chart.ts';

export interface FigureContent extends ChartContent {
  /** What it shows, in words. */
  readonly title: string;
  /** Of each time, as it is said. */
  readonly times_said: readonly string[];
}

/**
 * A chart with its key, which tells the values where the pointer is, else the newest, and the table that says the same to those who do not see
 * it. It stays in the page and is drawn anew only when there is something new.
 */
export class Figure {
  readonly root: HTMLElement;
  readonly #canvas = element('div', { class: 'chart', role: 'img' });
  readonly #key = element('div', { class: 'key' });
  readonly #table = element('div', { class: 'wide', tabindex: '0', role: 'region' });
  #chart: TimeChart | null = null;
  #content: FigureContent | null = null;
  #drawn = '';

  /** @param onChosen where somebody clicks: the place in the times */
  constructor(onChosen?: (index: number) => void) {
    const details = element('details', {}, element('summary', {}, 'As a table'), this.#table);
    this.root = element('figure', {}, this.#canvas, element('figcaption', {}, this.#key), details);
    details.addEventListener('toggle', () => this.#fillTable(details.open));
    this.#canvas.addEventListener('click', ({ clientX }) => this.#chart && onChosen?.(this.#chart.indexAt(clientX)));
  }

  draw(content: FigureContent): void {
    const text = JSON.stringify(content);
    if (text === this.#drawn) return;
    this.#drawn = text;
    this.#content = content;
    this.#canvas.setAttribute('aria-label', content.title);
    this.#table.setAttribute('aria-label', content.title);
    this.#tell(null);
    if (this.#chart) this.#chart.draw(content);
    else this.#chart = new TimeChart(this.#canvas, content, (index) => this.#tell(index));
    this.#fillTable(this.root.querySelector('details')?.open ?? false);
  }

  #tell(index: number | null): void {
    if (!this.#content) return;
    const { lines, times_said: times } = this.#content;
    const at = index ?? times.length - 1;
    const entry = ({ label, colour, values, say }: ChartLine): HTMLElement => {
      const swatch = element('i', { 'aria-hidden': 'true' });
      swatch.style.setProperty('background', `var(${colour})`);
      return element('span', {}, swatch, `${label} ${say(values[at])}`);
    };
    const named = lines.filter(({ label }) => label !== '');
    show(this.#key, [at, times[at], named], () => [element('span', {}, times[at] ?? ''), ...named.map(entry)]);
  }

  /** Hundreds of rows cost, and most people never open it. */
  #fillTable(open: boolean): void {
    if (!this.#content || !open) return;
    const { lines, times_said: times, title } = this.#content;
    const named = lines.filter(({ label }) => label !== '');
    const heads = ['Window to', ...named.map(({ label }) => label)];
    show(this.#table, this.#drawn, () => [
      element(
        'table',
        {},
        element('caption', {}, title),
        element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
        element(
          'tbody',
          {},
          ...times.map((time, i) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, time),
              ...named.map(({ values, say }) => element('td', { class: 'number' }, say(values[i]))),
            ),
          ),
        ),
      ),
    ]);
  }
}
