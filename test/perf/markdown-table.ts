/** A table as it goes into a page: a row for each entry, its name first. */
export function markdownTable(
  first: string,
  rows: Readonly<Record<string, Readonly<Record<string, string | number>>>>,
): string {
  const names = [...new Set(Object.values(rows).flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    line([first, ...names]),
    line(['---', ...names.map(() => '---')]),
    ...Object.entries(rows).map(([name, row]) => line([name, ...names.map((column) => row[column] ?? '')])),
    '',
  ].join('\n');
}
