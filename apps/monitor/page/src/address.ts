import type { Stream } from './api-types.ts';

/** What the page shows, as the fragment of its URL has it: `#signal=wind_speed&state=open`. */
export interface Address {
  /** `1/champion`; empty: the one watched last. */
  readonly stream: string;
  /** Empty: the worst. */
  readonly signal: string;
  /** A part of a signal's name. */
  readonly name: string;
  readonly state: string;
  readonly metric: string;
  /** End of the window whose distribution is shown; empty: the newest. */
  readonly window: string;
  /** `all`, or the worst. */
  readonly rows: string;
}

const FIELDS = ['stream', 'signal', 'name', 'state', 'metric', 'window', 'rows'] as const;

export function readAddress(fragment: string): Address {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const entries = FIELDS.map((field) => [field, given.get(field) ?? '']);
  return Object.fromEntries(entries) as Record<keyof Address, string>;
}

export function writeAddress(address: Partial<Address>): string {
  const given = FIELDS.flatMap((field) => (address[field] ? [[field, address[field]] as [string, string]] : []));
  return `#${new URLSearchParams(given).toString()}`;
}

/** Changes the address, and with it what is shown. */
export function go(change: Partial<Address>): void {
  location.replace(writeAddress({ ...readAddress(location.hash), ...change }));
}

export function streamName({ version, variant }: Stream): string {
  return `${version}/${variant}`;
}
