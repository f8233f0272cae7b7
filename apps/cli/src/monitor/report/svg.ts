/** Text between tags, and in attributes in double quotes. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export interface Figure {
  readonly width: number;
  readonly height: number;
  /** For those who do not see it. */
  readonly label: string;
}

/** A figure that needs nothing from outside, on paper as on a screen. */
export function svg({ width, height, label }: Figure, parts: readonly string[]): string {
  const text = escapeXml(label);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${text}" font-family="sans-serif" font-size="12">`,
    `<title>${text}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>',
  ].join('');
}

export function svgText(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="#222">${escapeXml(text)}</text>`;
}

export function svgLine(points: readonly (readonly [number, number])[], style: string): string {
  return `<polyline points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}" fill="none" ${style}/>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
