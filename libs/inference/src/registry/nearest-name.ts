/** The name with the fewest letters to change (Levenshtein), or null where there is none. */
export function nearestName(wanted: string, names: readonly string[]): string | null {
  const distances = names.map((name) => ({ name, steps: distance(wanted, name) }));
  return distances.toSorted((a, b) => a.steps - b.steps)[0]?.name ?? null;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const letter of a) {
    const next = [(row[0] as number) + 1];
    for (let i = 1; i <= b.length; i++) {
      const replaced = (row[i - 1] as number) + (b[i - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[i] as number) + 1, (next[i - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
