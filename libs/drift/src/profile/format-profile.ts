import type { ReferenceProfile } from './reference-profile.ts';

/** A profile as a file: JSON that people can read and compare, a line per signal. */
export function formatProfile(profile: ReferenceProfile): string {
  const lines = Object.entries(profile).map(
    ([name, value]: [string, unknown]) => `  ${JSON.stringify(name)}: ${field(name, value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function field(name: string, value: unknown): string {
  if ((name === 'own' || name === 'hours') && value !== null)
    return nested(
      Object.entries(value as object).map(([key, one]) => `${JSON.stringify(key)}: ${bySignal(key, one)}`),
      '{}',
      4,
    );
  if (!Array.isArray(value)) return JSON.stringify(value);
  return nested(
    value.map((signal) => JSON.stringify(signal)),
    '[]',
    4,
  );
}

function bySignal(name: string, value: unknown): string {
  if (name !== 'psi' && name !== 'counts') return JSON.stringify(value);
  return nested(
    Object.entries(value as object).map(([signal, numbers]) => `${JSON.stringify(signal)}: ${JSON.stringify(numbers)}`),
    '{}',
    6,
  );
}

function nested(lines: readonly string[], brackets: '[]' | '{}', indent: number): string {
  const [open, close] = brackets;
  if (lines.length === 0) return brackets;
  return `${open}\n${lines.map((line) => ' '.repeat(indent) + line).join(',\n')}\n${' '.repeat(indent - 2)}${close}`;
}
