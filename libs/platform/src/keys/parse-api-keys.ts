import { createHash } from 'node:crypto';

import type { ApiKey, KeyRights } from './api-key.ts';

/** A name, and more behind the sign than the padding of Base64. */
const NAMED = /^([A-Za-z][\w.-]{0,63})=(?!=|$)(.*)$/;
const HASHED = /^sha256:([0-9a-f]{64})$/i;
/** `b64token` of RFC 6750: what a header can carry. */
const TOKEN = /^[\w.~+/-]+=*$/;
const RATE = /^(\d{1,9})\/(s|m)$/;
const OPTIONS = ['events', 'models', 'rate'];
const ALLOWED =
  'a key is written [NAME=]KEY[;events=TYPE|…][;models=MODEL|…][;rate=N/s or N/m], where KEY is the key (letters, digits, -._~+/) or sha256: and 64 hexadecimal digits';

/**
 * @param entries of `MILLRACE_API_KEYS`
 * @throws Error that shows no key
 */
export function parseApiKeys(entries: readonly string[]): readonly ApiKey[] {
  const keys = entries.map(parse);
  for (const [i, { name, digest }] of keys.entries()) {
    const twin = keys.findIndex((other) => other.digest.equals(digest) || (name !== null && other.name === name));
    if (twin < i) throw new Error(`keys ${twin + 1} and ${i + 1} are the same, or have the same name`);
  }
  return keys;
}

function parse(entry: string, index: number): ApiKey {
  const [, name = null, rest = entry] = NAMED.exec(entry) ?? [];
  const [key = '', ...options] = rest.split(';');
  const fail = (found: string): never => {
    throw new Error(`key ${index + 1}${name === null ? '' : ` (${name})`}: found ${found}; ${ALLOWED}`);
  };
  const hash = HASHED.exec(key)?.[1];
  if (hash === undefined && !TOKEN.test(key)) fail('a KEY that is none');
  const given = new Map(options.map((option) => readOption(option, fail)));
  if (given.size < options.length) fail('an option twice');
  const rate = given.get('rate');
  return {
    name,
    digest: hash === undefined ? digestOf(key) : Buffer.from(hash, 'hex'),
    secret: hash === undefined ? key : null,
    rights: rightsOf(given.get('events'), given.get('models')),
    mostPerSecond: rate === undefined ? null : (perSecond(rate) ?? fail(`rate=${rate}`)),
  };
}

/** SHA-256, without salt or stretching: keys are drawn at random and as good as unguessable, as passwords are not. */
export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function readOption(option: string, fail: (found: string) => never): readonly [string, string] {
  const [, name = '', value = ''] = /^(\w+)=(.+)$/.exec(option) ?? [];
  return OPTIONS.includes(name) ? [name, value] : fail(`the option ${name || 'without a name'}`);
}

/** Who has a right by name has no others. */
function rightsOf(events: string | undefined, models: string | undefined): KeyRights | null {
  if (events === undefined && models === undefined) return null;
  return { events: events?.split('|') ?? [], models: models?.split('|') ?? [] };
}

function perSecond(rate: string): number | null {
  const [, count, unit] = RATE.exec(rate) ?? [];
  return Number(count) > 0 ? Number(count) / (unit === 's' ? 1 : 60) : null;
}
