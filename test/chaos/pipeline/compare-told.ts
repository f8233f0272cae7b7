/** What the monitor has told, as records in JSON, each text as it was read. */
export interface Told {
  /** Of `<p>.alerts`. */
  readonly alerts: readonly string[];
  /** Of `<p>.ledger`: what became of each closed window. */
  readonly windows: readonly string[];
}

/** All but the first are mistakes unless zero. */
export interface ToldTally {
  /** Records of the undisturbed run. */
  readonly expected: number;
  readonly lost: number;
  readonly doubled: number;
  /** Told of what the undisturbed run knows nothing of. */
  readonly strange: number;
  /** Told once, and not in the same words, byte for byte. */
  readonly different: number;
}

/** What a ledger record must have to be a window's. */
interface NamedWindow {
  readonly subject: string;
  readonly version: string;
  readonly variant: string;
  readonly number: number;
}

interface NamedAlert {
  readonly id: string;
  readonly event: string;
  readonly window: { readonly end: string };
}

export function windowName(text: string): string {
  const { subject, version, variant, number } = JSON.parse(text) as NamedWindow;
  return [subject, version, variant, number].join('/');
}

export function alertName(text: string): string {
  const { id, event, window } = JSON.parse(text) as NamedAlert;
  return [id, event, window.end].join('/');
}

/** Of the ledger's records those of windows. */
export function windowsIn(ledger: readonly string[]): readonly string[] {
  return ledger.filter((text) => 'subject' in (JSON.parse(text) as object));
}

/** Compares what was told with what an undisturbed run told. */
export function compareTold(
  expected: readonly string[],
  found: readonly string[],
  nameOf: (text: string) => string,
): ToldTally {
  const wanted = new Map(expected.map((text) => [nameOf(text), text]));
  const seen = new Set<string>();
  const tally = { doubled: 0, strange: 0, different: 0 };
  for (const text of found) {
    const name = nameOf(text);
    if (!wanted.has(name)) tally.strange++;
    else if (seen.has(name)) tally.doubled++;
    else if (wanted.get(name) !== text) tally.different++;
    seen.add(name);
  }
  const lost = [...wanted.keys()].filter((name) => !seen.has(name)).length;
  return { expected: wanted.size, lost, ...tally };
}

export function isSameTold({ lost, doubled, strange, different }: ToldTally): boolean {
  return lost + doubled + strange + different === 0;
}
