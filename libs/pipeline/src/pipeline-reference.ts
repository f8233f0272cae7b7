import { PIPELINE_SCHEMA } from './pipeline-schema.ts';

interface SchemaNode {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
}

/** Every key of the pipeline file as a Markdown table, from the JSON Schema: the reference in `docs/pipeline.md`. */
export function pipelineReference(): string {
  const rows = rowsOf(PIPELINE_SCHEMA as SchemaNode, '');
  return ['| key | allowed | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function rowsOf(node: SchemaNode, prefix: string): readonly string[] {
  const keys = Object.entries(node.properties ?? {}).flatMap(([key, property]) =>
    keyRows(`${prefix}${key}`, property, node.required?.includes(key) === true),
  );
  const entry = typeof node.additionalProperties === 'object' ? resolve(node.additionalProperties) : undefined;
  return entry?.properties?.['schema'] === undefined ? keys : [...keys, ...keyRows(`${prefix}<type>`, entry, false)];
}

function keyRows(key: string, property: SchemaNode, required: boolean): readonly string[] {
  const node = resolve(property);
  const below = node.items === undefined ? node : resolve(node.items);
  const inner = below.type === 'object' ? rowsOf(below, `${key}${node.items === undefined ? '' : '[]'}.`) : [];
  if (inner.length > 0 && !required && node.items === undefined) return inner;
  return inner.length > 0
    ? inner
    : [
        `| \`${key}\` | ${allowed(node)} | ${defaultOf(node, required)} | ${(node.description ?? '').replaceAll('|', '\\|')} |`,
      ];
}

function allowed(node: SchemaNode): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.$ref === '#/$defs/duration' || node.$ref === '#/$defs/size') return node.$ref.replace('#/$defs/', '');
  return node.title ?? (typeof node.type === 'string' ? node.type.replace('object', 'mapping') : '');
}

function defaultOf(node: SchemaNode, required: boolean): string {
  if (required) return 'required';
  if (node.default === undefined) return '';
  return `\`${typeof node.default === 'string' ? node.default : JSON.stringify(node.default)}\``;
}

/** A reference with what it stands for; what is said beside it wins. */
function resolve(node: SchemaNode): SchemaNode {
  const name = node.$ref?.replace('#/$defs/', '');
  return name === undefined
    ? node
    : { ...(PIPELINE_SCHEMA['$defs'] as Readonly<Record<string, SchemaNode>>)[name], ...node };
}
