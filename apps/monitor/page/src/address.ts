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
  /** `all`, or the worst. */
  readonly rows: string;
}

const FIELDS = ['stream', 'signal', 'name', 'state', 'metric', 'rows'] as const;

export function readAddress(fragment: string): Address {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const entries = FIELDS.map((field) => [field, given.get(field) ?? '']);
  return Object.fromEntries(entries) as Record<keyof Address, string>;
}

export function writeAddress(address: Partial<Address>): string {
  const given = FIELDS.flatMap((field) => (address[field] ? [[field, address[field]] as [string, string]] : []));
  return `#${new URLSearchParams(given).toString()}`;
}

export function streamName({ version, variant }: Stream): string {
  return `${version}/${variant}`;
}
