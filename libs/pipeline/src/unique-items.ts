import type { FuncKeywordDefinition } from 'ajv/dist/2020.js';

/** `uniqueItems`, in a time that grows with the array: ajv compares each object with each, which events could bring many of. */
export const UNIQUE_ITEMS: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  validate: isUnique,
  errors: false,
  error: { message: 'must not have the same item twice' },
};

function isUnique(wanted: boolean, items: readonly unknown[]): boolean {
  return !wanted || new Set(items.map(canonical)).size === items.length;
}

/** The same text for what JSON Schema calls equal: the order of an object's members is none. */
function canonical(item: unknown): string {
  return JSON.stringify(item, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const members = part as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      Object.keys(members)
        .toSorted()
        .map((name) => [name, members[name]]),
    );
  });
}
