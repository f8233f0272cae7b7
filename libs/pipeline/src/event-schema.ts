import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

import { parseRfc3339 } from './event-time.ts';
import { fieldTypes, jsonTypes, type FieldType } from './field-type.ts';
import { linearPattern } from './linear-pattern.ts';
import type { EventPayload, JsonSchema } from './plan.ts';
import { UNIQUE_ITEMS } from './unique-items.ts';

/** What ajv calls for `pattern` and `patternProperties`; `code` is for validators that are written to files. */
const PATTERNS = Object.assign((source: string) => linearPattern(source), { code: 'linearPattern' });

/**
 * The JSON Schema (2020-12) of one event type. `format: date-time` is checked by our own parser, which is several
 * times as fast as the usual one; other formats are annotations, as the specification has it.
 */
export class EventSchema {
  /** As it was given. */
  readonly schema: JsonSchema;
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly #validate: ValidateFunction;
  readonly #hidden: ReadonlySet<string>;

  /**
   * @param sensitive fields whose values never appear in a message
   * @throws Error where the schema is no JSON Schema
   */
  constructor(schema: AnySchemaObject, sensitive: Iterable<string>) {
    const ajv = new Ajv2020({
      strict: false,
      logger: false,
      verbose: true,
      code: { regExp: PATTERNS },
      formats: { 'date-time': (text: string) => parseRfc3339(text) !== null },
    });
    ajv.removeKeyword(UNIQUE_ITEMS.keyword as string).addKeyword(UNIQUE_ITEMS);
    this.#validate = ajv.compile(schema);
    this.schema = schema;
    this.fields = fieldTypes(schema);
    this.types = jsonTypes(schema);
    this.#hidden = new Set(sensitive);
  }

  /** Null when the payload fits, else what does not, for people: the field, what was found, what is allowed. */
  violation(payload: EventPayload): string | null {
    if (this.#validate(payload)) return null;
    const error = this.#validate.errors?.[0];
    return error === undefined ? 'does not fit the schema' : this.#describe(error);
  }

  #describe(error: ErrorObject): string {
    const field = error.instancePath;
    const root = field.split('/')[1] ?? '';
    switch (error.keyword) {
      case 'required':
        return `${field}/${String(error.params['missingProperty'])} is required and missing`;
      case 'additionalProperties':
      case 'unevaluatedProperties':
        return `${field}/${String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty'])} is not allowed; the fields are ${[...this.fields.keys()].join(', ')}`;
      case 'enum':
        return `${field} ${this.#found(root, error.data)}; allowed ${(error.params['allowedValues'] as readonly unknown[]).map((value) => JSON.stringify(value)).join(', ')}`;
      default:
        return `${field} ${error.message ?? 'does not fit'}, ${this.#found(root, error.data)}`;
    }
  }

  #found(root: string, value: unknown): string {
    if (this.#hidden.has(root) || (root === '' && this.#hidden.size > 0)) return 'found something else';
    const text = JSON.stringify(value) ?? String(value);
    return `found ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
  }
}
