const NAMESPACE = 'http://www.w3.org/2000/svg';
const WIDTH = 96;
const HEIGHT = 20;
const MOST = 60;

/**
 * The newest windows as a line, the floor dashed; there are as many as signals, so it is one path, where a chart would be a canvas. It is hidden from screen
 * readers: the numbers stand beside it, and the signal's own table has them all.
 */
export function sparkline(history: readonly (number | null)[], floor: number | null): SVGElement {
  const values = history.slice(-MOST);
  const top = Math.max(...values.map((value) => value ?? 0), floor ?? 0) * 1.1 || 1;
  const y = (value: number): string => (HEIGHT - 1 - ((HEIGHT - 2) * value) / top).toFixed(1);
  const x = (index: number): string => ((WIDTH * (index + 0.5)) / values.length).toFixed(1);
  const drawn = values.map((value, i) => {
    if (value === null) return '';
    return `${(values[i - 1] ?? null) === null ? `M${x(i)} ${y(value)}h.01` : ''}L${x(i)} ${y(value)}`;
  });
  const image = document.createElementNS(NAMESPACE, 'svg');
  const attributes = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: String(WIDTH), height: String(HEIGHT) };
  for (const [name, value] of Object.entries(attributes)) image.setAttribute(name, value);
  image.setAttribute('aria-hidden', 'true');
  image.setAttribute('class', 'spark');
  if (floor !== null) image.append(path(`M0 ${y(floor)}H${WIDTH}`, 'floor'));
  image.append(path(drawn.join(''), 'line'));
  return image;
}

function path(d: string, name: string): SVGElement {
  const made = document.createElementNS(NAMESPACE, 'path');
  made.setAttribute('d', d);
  made.setAttribute('class', name);
  return made;
}
