import { Environment } from '@marcbachmann/cel-js';

import { parseRfc3339 } from './event-time.ts';
import { spendSteps } from './expression-cost.ts';
import type { FieldType } from './field-type.ts';
import { linearPattern } from './linear-pattern.ts';
import { zonedTime } from './zoned-time.ts';

/** Functions of a time and a zone. */
export const TIME_PARTS = ['hour', 'minute', 'weekday'] as const;
/** What `matches` is replaced by: CEL's own could be made to take for ever. */
export const LINEAR_MATCHES = 'linearMatches';
const SYNC = { async: false };

/** Names that CEL keeps for itself: fields of these names cannot be used in expressions. */
const RESERVED = new Set(
  'as break const continue else for function if import in let loop package namespace return var void while true false null string bool int uint double map list bytes null_type type dyn'.split(
    ' ',
  ),
);

/** CEL with Millrace's functions; the table in `docs/pipeline.md` lists them. */
const functions = new Environment();
for (const part of TIME_PARTS) {
  functions.registerFunction(
    `${part}(string, string): int`,
    (time: string, zone: string) => BigInt(zonedTime(zone)[part](instant(time))),
    SYNC,
  );
  functions.registerFunction(
    `${part}(int, string): int`,
    (time: bigint, zone: string) => BigInt(zonedTime(zone)[part](Number(time))),
    SYNC,
  );
}
for (const name of ['log', 'sin', 'cos'] as const) {
  functions.registerFunction(`${name}(double): double`, (value: number) => Math[name](value), SYNC);
  functions.registerFunction(`${name}(int): double`, (value: bigint) => Math[name](Number(value)), SYNC);
}
functions.registerFunction(
  `string.${LINEAR_MATCHES}(string): bool`,
  (text: string, pattern: string) => {
    spendSteps(text.length);
    return linearPattern(pattern).test(text);
  },
  SYNC,
);
functions.registerFunction('hash(string): int', (text: string) => BigInt(fnv1a(text)), SYNC);

/** Functions of Millrace, for messages. */
export const ADDED_FUNCTIONS: readonly string[] = [...TIME_PARTS, 'log', 'sin', 'cos', 'hash'];

/** What every function of an expression takes and gives, CEL's own too: `hour(string, string): int`. By its name. */
export const SIGNATURES: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(functions.getDefinitions().functions, ({ name }) => name)]
    .filter(([name]) => name !== LINEAR_MATCHES)
    .map(([name, overloads]) => [name, overloads.map(({ signature }) => signature)]),
);

/**
 * What expressions over events of these fields may use.
 *
 * @param untyped fields that are tested for null and so may be null while evaluating
 */
export function environmentOf(fields: ReadonlyMap<string, FieldType>, untyped: ReadonlySet<string>): Environment {
  const environment = functions.clone();
  for (const [name, field] of fields) {
    if (RESERVED.has(name) || !/^[A-Za-z_]\w*$/.test(name)) continue;
    environment.registerVariable(name, untyped.has(name) ? 'dyn' : field.cel);
  }
  return environment;
}

function instant(time: string): number {
  const at = parseRfc3339(time);
  if (at === null) throw new RangeError('the time is no RFC 3339 time');
  return at;
}

/** FNV-1a, 32 bits, of the UTF-8 bytes (draft-eastlake-fnv): the same in every language in three lines. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
