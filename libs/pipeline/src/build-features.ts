import type { CompiledExpression } from './compile-expression.ts';
import { msOf } from './checked-quantity.ts';
import type { FileScope } from './file-scope.ts';
import type { FeatureEntry } from './pipeline-file.ts';
import type { Path } from './pipeline-document.ts';
import type { Expression, Take, ValueFeature } from './plan.ts';

/** A window feature before it has a stage. */
export interface WindowDraft {
  readonly kind: 'window';
  readonly name: string;
  readonly index: number;
  readonly by: readonly string[];
  readonly from: string;
  readonly overMs: number;
  readonly take: Take;
  readonly of: Expression | null;
  readonly where: Expression | null;
  readonly default: number;
  readonly resolutionMs: number | null;
}

export type FeatureDraft = ValueFeature | WindowDraft;

const ONLY_WINDOW = ['from', 'by', 'over', 'take', 'of', 'where', 'resolution'] as const;
const ONLY_VALUE = ['categories', 'other'] as const;
const NEEDED_WINDOW = ['by', 'over', 'take'] as const;

/** The vector. A feature that is not sound is left out: it has been reported. */
export function buildFeatures(
  entries: readonly (FeatureEntry | undefined)[],
  request: string | undefined,
  scope: FileScope,
): readonly FeatureDraft[] {
  checkNames(entries, scope);
  return entries.flatMap((entry, index) => {
    if (entry === undefined) return [];
    const draft = buildFeature(entry, index, request, scope);
    return draft === null ? [] : [draft];
  });
}

function buildFeature(
  entry: FeatureEntry,
  index: number,
  request: string | undefined,
  scope: FileScope,
): FeatureDraft | null {
  const path = ['features', index];
  if ('value' in entry && 'from' in entry) {
    scope.problems.addAtKey([...path, 'from'], { found: 'both value and from', allowed: 'one of them' });
    return null;
  }
  if ('value' in entry) return buildValue(entry, index, request, scope);
  if ('from' in entry) return buildWindow(entry, index, request, scope);
  scope.problems.add(path, { found: 'neither value nor from', allowed: 'one of them' });
  return null;
}

function buildValue(
  entry: FeatureEntry,
  index: number,
  request: string | undefined,
  scope: FileScope,
): ValueFeature | null {
  const path = ['features', index];
  refuse(entry, path, ONLY_WINDOW, 'beside value', scope);
  const expression = scope.compile([...path, 'value'], entry.value, request, false);
  if (entry.categories === undefined) refuse(entry, path, ['other'], 'without categories', scope);
  else refuse(entry, path, ['default'], 'beside categories', scope);
  if (expression === null) return null;
  if (entry.categories !== undefined) checkCategories(entry.categories, expression, path, scope);
  else if (expression.type === 'string')
    scope.problems.add([...path, 'value'], {
      found: 'text',
      allowed: 'a number, true or false; for text, categories: [...]',
    });
  return {
    kind: 'value',
    name: entry.name ?? '',
    index,
    expression,
    categories: entry.categories ?? null,
    other: entry.other ?? false,
    default: entry.default ?? Number.NaN,
  };
}

function buildWindow(
  entry: FeatureEntry,
  index: number,
  request: string | undefined,
  scope: FileScope,
): WindowDraft | null {
  const path = ['features', index];
  const { from, take } = entry;
  refuse(entry, path, ONLY_VALUE, 'beside from', scope);
  for (const key of NEEDED_WINDOW)
    if (!(key in entry)) scope.problems.add(path, { found: `no ${key}`, allowed: 'from, by, over and take together' });
  scope.checkType([...path, 'from'], from);
  checkBy(entry.by ?? [], from, request, [...path, 'by'], scope);
  const of = scope.compile([...path, 'of'], entry.of, from, true);
  const where = scope.compile([...path, 'where'], entry.where, from, false);
  checkOf(entry, of, path, scope);
  if (where !== null && where.type !== 'bool' && where.type !== 'dyn')
    scope.problems.add([...path, 'where'], { found: `an expression of type ${where.type}`, allowed: 'true or false' });
  const overMs = msOf(entry.over, null);
  if (overMs === 0) scope.problems.add([...path, 'over'], { found: String(entry.over), allowed: 'at least 1ms' });
  const resolutionMs = msOf(entry.resolution, null);
  if (from === undefined || take === undefined || overMs === null) return null;
  return {
    kind: 'window',
    name: entry.name ?? '',
    index,
    by: entry.by ?? [],
    from,
    overMs,
    take,
    of,
    where,
    default: entry.default ?? Number.NaN,
    resolutionMs,
  };
}

function checkOf(entry: FeatureEntry, of: CompiledExpression | null, path: Path, scope: FileScope): void {
  const { take } = entry;
  if (take === undefined) return;
  if (take === 'time_since_last') refuse(entry, path, ['of'], 'beside take: time_since_last', scope);
  else if (!('of' in entry) && take !== 'count')
    scope.problems.add([...path, 'take'], {
      found: `${take} without of`,
      allowed: 'of beside every take but count and time_since_last',
    });
  if (of?.type === 'string' && take !== 'count' && take !== 'distinct')
    scope.problems.add([...path, 'of'], {
      found: `text for ${take}`,
      allowed: 'a number, true or false; text for count and distinct',
    });
}

function checkBy(
  by: readonly string[],
  from: string | undefined,
  request: string | undefined,
  path: Path,
  scope: FileScope,
): void {
  for (const [i, field] of by.entries()) {
    scope.checkField([...path, i], field, from);
    if (from !== request) scope.checkField([...path, i], field, request);
    for (const type of new Set([from, request])) {
      const cel = scope.fields(type)?.get(field)?.cel;
      if (cel === 'list' || cel === 'map')
        scope.problems.add([...path, i], {
          found: `${field}, a ${cel} in ${type}`,
          allowed: 'fields of text, numbers, true or false',
        });
    }
  }
}

function checkCategories(
  categories: readonly (string | number | boolean)[],
  expression: CompiledExpression,
  path: Path,
  scope: FileScope,
): void {
  const wanted = { int: 'number', double: 'number', bool: 'boolean', string: 'string', dyn: null }[expression.type];
  for (const [i, category] of categories.entries()) {
    if (wanted === null || typeof category === wanted) continue;
    scope.problems.add([...path, 'categories', i], {
      found: JSON.stringify(category),
      allowed: `a ${wanted}, as value is of type ${expression.type}`,
    });
  }
}

function refuse(
  entry: FeatureEntry,
  path: Path,
  keys: readonly (keyof FeatureEntry)[],
  beside: string,
  scope: FileScope,
): void {
  for (const key of keys)
    if (entry[key] !== undefined)
      scope.problems.addAtKey([...path, key], { found: `${key} ${beside}`, allowed: `no ${key} there` });
}

function checkNames(entries: readonly (FeatureEntry | undefined)[], scope: FileScope): void {
  const seen = new Map<string, number>();
  for (const [i, entry] of entries.entries()) {
    if (entry?.name === undefined) continue;
    const first = seen.get(entry.name);
    if (first === undefined) seen.set(entry.name, i);
    else
      scope.problems.add(['features', i, 'name'], {
        found: `${entry.name} again, as features[${first}]`,
        allowed: 'each name once',
      });
  }
}
