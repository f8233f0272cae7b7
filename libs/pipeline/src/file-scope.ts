import { unknownField, type LoadedEvent } from './build-events.ts';
import type { CelExpression } from './cel-expression.ts';
import { compileExpression } from './compile-expression.ts';
import type { FieldType } from './field-type.ts';
import type { Path } from './pipeline-document.ts';
import type { Problems } from './problems.ts';

/** What names in the file may refer to, and where complaints about them go. */
export class FileScope {
  readonly #events: ReadonlyMap<string, LoadedEvent>;
  readonly problems: Problems;

  constructor(events: ReadonlyMap<string, LoadedEvent>, problems: Problems) {
    this.#events = events;
    this.problems = problems;
  }

  /** The fields of an event type; null where they are not known, which has been reported then. */
  fields(type: string | undefined): ReadonlyMap<string, FieldType> | null {
    return type === undefined ? null : (this.#events.get(type)?.fields ?? null);
  }

  /** The field with the id of a type's events, null: `ce_id`; undefined where the type is not known. */
  idField(type: string): string | null | undefined {
    return this.#events.get(type)?.plan.id;
  }

  isPseudonym(field: string): boolean {
    return [...this.#events.values()].some(({ fields }) => fields?.get(field)?.pseudonym);
  }

  /** Reports a type that is not under `events`. */
  checkType(path: Path, type: string | undefined): void {
    if (type === undefined || this.#events.size === 0 || this.#events.has(type)) return;
    this.problems.add(path, {
      found: `unknown type ${type}`,
      allowed: [...this.#events.keys()].join(', '),
      names: this.#events.keys(),
      name: type,
    });
  }

  /** Reports a field that the type does not have. */
  checkField(path: Path, name: string | undefined, type: string | undefined): void {
    const fields = this.fields(type);
    if (fields === null || name === undefined || fields.has(name)) return;
    const finding = unknownField(name, fields);
    this.problems.add(path, { ...finding, found: `${finding.found} of ${type}` });
  }

  /** Reports a field that the type does not have, or that is no single value and so cannot be a key. */
  checkKeyField(path: Path, name: string | undefined, type: string | undefined): void {
    this.checkField(path, name, type);
    const cel = name === undefined ? undefined : this.fields(type)?.get(name)?.cel;
    if (cel !== 'list' && cel !== 'map') return;
    this.problems.add(path, {
      found: `${name}, a ${cel} in ${type}`,
      allowed: 'fields of text, numbers, true or false',
    });
  }

  /** A compiled expression over the type's fields; null where there is none or it does not compile. */
  compile(path: Path, source: string | undefined, type: string | undefined, finite: boolean): CelExpression | null {
    const fields = this.fields(type);
    if (source === undefined || fields === null) return null;
    const result = compileExpression(source, fields, finite);
    if ('expression' in result) return result.expression;
    this.problems.addInText(path, result.fault.index, result.fault);
    return null;
  }
}
