import type { ErrorObject } from 'ajv/dist/2020.js';

import type { Path } from './pipeline-document.ts';
import type { PipelineFile } from './pipeline-file.ts';
import { EVENT_OPTIONS, pipelineValidator, PIPELINE_SCHEMA } from './pipeline-schema.ts';
import { show, type Finding, type Problems } from './problems.ts';

interface SchemaPart {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly additionalProperties?: unknown;
}

/** Checks keys and types against the JSON Schema, and gives back the file without the parts that do not fit. */
export function checkStructure(value: unknown, problems: Problems): PipelineFile {
  const validate = pipelineValidator();
  const sound = structuredClone(value);
  if (validate(value)) return sound as PipelineFile;
  for (const error of (validate.errors ?? []).filter(matters)) {
    const path = pathOf(error.instancePath, value);
    const wrong = report(error, path, problems);
    if (wrong !== null) blank(sound, wrong);
  }
  return (isObject(sound) ? sound : {}) as PipelineFile;
}

/** Which of `value` and `from` a feature has is said better where features are built. */
function matters(error: ErrorObject): boolean {
  return !error.schemaPath.includes('/oneOf') && error.keyword !== 'propertyNames';
}

/** Reports one error; the path of the part that does not fit, null when something is missing. */
function report(error: ErrorObject, path: Path, problems: Problems): Path | null {
  switch (error.keyword) {
    case 'required':
      problems.addAtKey(path, missing(error));
      return null;
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      const names = Object.keys(schemaPart(error).properties ?? {});
      problems.addAtKey([...path, key], { found: `unknown key ${key}`, allowed: names.join(', '), names, name: key });
      return [...path, key];
    }
    default:
      if (error.propertyName === undefined) problems.add(path, mismatch(error, path));
      else
        problems.addAtKey([...path, error.propertyName], {
          found: show(error.propertyName),
          allowed: schemaPart(error).title ?? 'another name',
        });
      return error.propertyName === undefined ? path : [...path, error.propertyName];
  }
}

function missing(error: ErrorObject): Finding {
  const key = String(error.params['missingProperty']);
  return { found: `no ${key}`, allowed: `${key}: ${allowedBy(resolve(schemaPart(error).properties?.[key]))}` };
}

function mismatch(error: ErrorObject, path: Path): Finding {
  const part = schemaPart(error);
  const found = show(error.data);
  const allowed = error.keyword === 'uniqueItems' ? 'each value once' : allowedBy(part);
  // `max_ahed: 1h` under `events` reads as a type that is no mapping
  if (isEventEntry(path)) return { found, allowed, names: EVENT_OPTIONS, name: String(path[1]) };
  // text that was written without quotes: `version: 1`
  if (typeof error.data === 'number' && part.type === 'string' && fits(String(error.data), part))
    return { found, allowed, suggestion: JSON.stringify(String(error.data)) };
  return { found, allowed, names: (part.enum ?? []).map(String) };
}

function fits(text: string, { pattern = '' }: SchemaPart): boolean {
  return new RegExp(pattern).test(text);
}

function isEventEntry(path: Path): boolean {
  return path.length === 2 && path[0] === 'events' && !EVENT_OPTIONS.includes(String(path[1]));
}

function allowedBy(part: SchemaPart | undefined): string {
  if (part?.title !== undefined) return part.title;
  if (part?.enum !== undefined) return part.enum.join(', ');
  if (part?.properties !== undefined) return `a mapping of ${Object.keys(part.properties).join(', ')}`;
  return String(part?.type ?? 'another value');
}

function schemaPart(error: ErrorObject): SchemaPart {
  return resolve(error.parentSchema as SchemaPart) ?? {};
}

function resolve(part: SchemaPart | undefined): SchemaPart | undefined {
  const name = part?.$ref?.replace('#/$defs/', '');
  if (name === undefined) return part;
  return { ...(PIPELINE_SCHEMA['$defs'] as Readonly<Record<string, SchemaPart>>)[name], ...part };
}

/** A JSON pointer as a path, with indexes as numbers. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value = root;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = (value as Record<string, unknown>)[key];
  }
  return path;
}

/** Undefined, and still there: what was written wrongly is not missing as well. */
function blank(root: unknown, path: Path): void {
  let parent = root;
  for (const step of path.slice(0, -1)) parent = isObject(parent) ? parent[step] : undefined;
  const last = path.at(-1);
  if (isObject(parent) && last !== undefined) parent[last] = undefined;
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
