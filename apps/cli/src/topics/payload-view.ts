import { isNestedTooDeep } from '@millrace/core';

/** Instead of a value that is not shown. */
export const HIDDEN = '***';
const MOST_BYTES = 4096;

/** What a record's bytes hold, for people: JSON where it is some, else text or base64. */
export type PayloadView =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly hidden: string };

/** @param sensitive fields whose values are never shown; where they cannot be told apart, nothing is */
export function payloadView(bytes: Buffer, sensitive: readonly string[]): PayloadView {
  const json = parsed(bytes);
  if (json !== undefined) return { json: masked(json, new Set(sensitive)) };
  if (sensitive.length > 0)
    return { hidden: `${bytes.length} bytes that are not JSON, not shown because events.sensitive is set` };
  const text = bytes.subarray(0, MOST_BYTES).toString('utf8');
  return text.includes('\uFFFD') ? { base64: bytes.subarray(0, MOST_BYTES).toString('base64') } : { text };
}

function parsed(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (isNestedTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** At every depth: a CloudEvent in structured mode has the payload inside. */
function masked(value: unknown, sensitive: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, sensitive));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, sensitive.has(name) ? HIDDEN : masked(inner, sensitive)]),
  );
}
