const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * What a CSV's cell means, by the JSON types that the schema allows for its field. Empty is null where that is allowed,
 * else absent (undefined). A text that fits none of the types stays a text, for the schema to refuse.
 *
 * @param types empty: the schema does not say; undefined: it does not know the field
 */
export function cellValue(text: string, types: readonly string[] | undefined): unknown {
  if (text === '') return types !== undefined && (types.length === 0 || types.includes('null')) ? null : undefined;
  if (types === undefined) return text;
  if ((types.includes('number') || types.includes('integer')) && NUMBER.test(text)) return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.includes('object') || types.includes('array')) return jsonOrText(text);
  return text;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
