/** What a JSON Schema says about one field, in the types of expressions. */
export interface FieldType {
  readonly cel: 'int' | 'double' | 'string' | 'bool' | 'list' | 'map' | 'dyn';
  /** May be null, or missing. */
  readonly nullable: boolean;
  /** What is there is a pseudonym, whatever the event has. */
  readonly pseudonym?: true;
}

interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

const CEL_OF_JSON = {
  integer: 'int',
  number: 'double',
  string: 'string',
  boolean: 'bool',
  array: 'list',
  object: 'map',
} as const;

/** The types of the payload's fields, by name. */
export function fieldTypes(schema: unknown): ReadonlyMap<string, FieldType> {
  const root = resolve(schema, schema);
  const required = new Set(root.required);
  return new Map(
    Object.entries(root.properties ?? {}).map(([name, property]) => {
      const { cel, nullable } = typeOf(resolve(property, schema));
      return [name, { cel, nullable: nullable || !required.has(name) }];
    }),
  );
}

/** The JSON types that a field may have, by name; empty where the schema does not say. */
export function jsonTypes(schema: unknown): ReadonlyMap<string, readonly string[]> {
  const { properties } = resolve(schema, schema);
  return new Map(
    Object.entries(properties ?? {}).map(([name, property]) => [name, namedTypes(resolve(property, schema))]),
  );
}

function typeOf(node: SchemaNode): FieldType {
  const names = new Set(namedTypes(node));
  const nullable = names.delete('null') || names.size === 0;
  if (names.has('number')) names.delete('integer');
  const [only] = names;
  const cel =
    names.size === 1 && only !== undefined && only in CEL_OF_JSON
      ? CEL_OF_JSON[only as keyof typeof CEL_OF_JSON]
      : 'dyn';
  return { cel, nullable };
}

function namedTypes(node: SchemaNode): readonly string[] {
  if (node.type !== undefined) return typeof node.type === 'string' ? [node.type] : node.type;
  if (node.const !== undefined) return [jsonType(node.const)];
  return (node.enum ?? []).map(jsonType);
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Follows references inside the schema's own file; anything else is left untyped. */
function resolve(node: unknown, root: unknown): SchemaNode {
  let found = node;
  for (let hops = 0; hops < 16 && isNode(found) && found.$ref?.startsWith('#/') === true; hops++) {
    found = found.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (at, step) =>
          isNode(at) ? (at as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined,
        root,
      );
  }
  return isNode(found) ? found : {};
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null;
}
