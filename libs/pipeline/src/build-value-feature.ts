import type { CelExpression } from './cel-expression.ts';
import type { FileScope } from './file-scope.ts';
import type { Path } from './pipeline-document.ts';
import type { FeatureEntry } from './pipeline-file.ts';
import type { ValueFeature } from './plan.ts';
import { refuseKeys } from './refuse-keys.ts';

const ONLY_WINDOW = ['from', 'by', 'over', 'take', 'of', 'where', 'resolution'] as const;

/** A feature over the request; null where it was reported. */
export function buildValueFeature(
  entry: FeatureEntry,
  index: number,
  request: string | undefined,
  scope: FileScope,
): ValueFeature | null {
  const path = ['features', index];
  refuseKeys(entry, path, ONLY_WINDOW, 'beside value', scope);
  const expression = scope.compile([...path, 'value'], entry.value, request, false);
  if (entry.categories === undefined) refuseKeys(entry, path, ['other'], 'without categories', scope);
  else refuseKeys(entry, path, ['default'], 'beside categories', scope);
  if (expression === null) return null;
  if (expression.field !== null && scope.fields(request)?.get(expression.field)?.pseudonym)
    scope.problems.add([...path, 'value'], {
      found: `${expression.field}, a pseudonym`,
      allowed: 'a number, true or false',
    });
  else if (entry.categories !== undefined) checkCategories(entry.categories, expression, path, scope);
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

function checkCategories(
  categories: readonly (string | number | boolean)[],
  expression: CelExpression,
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
