import type { CelExpression } from './cel-expression.ts';
import { msOf } from './checked-quantity.ts';
import type { WindowDraft } from './feature-draft.ts';
import type { FileScope } from './file-scope.ts';
import type { Path } from './pipeline-document.ts';
import type { FeatureEntry } from './pipeline-file.ts';
import { formatDuration } from './quantity.ts';
import { refuseKeys } from './refuse-keys.ts';

const ONLY_VALUE = ['categories', 'other'] as const;
const NEEDED = ['by', 'over', 'take'] as const;

/** What CEL's types are as JSON; undefined: only the event can tell. */
const KINDS: Readonly<Record<string, string | undefined>> = {
  int: 'a number',
  double: 'a number',
  string: 'a text',
  bool: 'true or false',
};

/** An aggregation over earlier events; null where it cannot be one, which was reported. */
export function buildWindowFeature(
  entry: FeatureEntry,
  index: number,
  request: string | undefined,
  scope: FileScope,
): WindowDraft | null {
  const path = ['features', index];
  const { from, take } = entry;
  refuseKeys(entry, path, ONLY_VALUE, 'beside from', scope);
  for (const key of NEEDED)
    if (!(key in entry)) scope.problems.add(path, { found: `no ${key}`, allowed: 'from, by, over and take together' });
  scope.checkType([...path, 'from'], from);
  checkBy(entry.by ?? [], from, request, [...path, 'by'], scope);
  const of = scope.compile([...path, 'of'], entry.of, from, true);
  const where = scope.compile([...path, 'where'], entry.where, from, false);
  checkOf(entry, of, path, scope);
  checkWhere(where, path, scope);
  const overMs = msOf(entry.over, null);
  if (overMs === 0) scope.problems.add([...path, 'over'], { found: String(entry.over), allowed: 'at least 1ms' });
  const resolutionMs = msOf(entry.resolution, null);
  checkResolution(entry, overMs, resolutionMs, path, scope);
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

/** A sixtieth of the window is what a clock's hand shows of an hour. */
function checkResolution(
  { over, resolution }: FeatureEntry,
  overMs: number | null,
  resolutionMs: number | null,
  path: Path,
  scope: FileScope,
): void {
  if (overMs === null || resolutionMs === null || (0 < resolutionMs && resolutionMs < overMs)) return;
  const fitting = overMs >= 60 ? { suggestion: formatDuration(Math.floor(overMs / 60)) } : {};
  scope.problems.add([...path, 'resolution'], {
    found: String(resolution),
    allowed: `from 1ms to less than over, ${over}`,
    ...fitting,
  });
}

function checkOf(entry: FeatureEntry, of: CelExpression | null, path: Path, scope: FileScope): void {
  const { take } = entry;
  if (take === undefined) return;
  if (take === 'time_since_last') refuseKeys(entry, path, ['of'], 'beside take: time_since_last', scope);
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

function checkWhere(where: CelExpression | null, path: Path, scope: FileScope): void {
  if (where === null || where.type === 'bool' || where.type === 'dyn') return;
  scope.problems.add([...path, 'where'], { found: `an expression of type ${where.type}`, allowed: 'true or false' });
}

function checkBy(
  by: readonly string[],
  from: string | undefined,
  request: string | undefined,
  path: Path,
  scope: FileScope,
): void {
  for (const [i, field] of by.entries()) {
    for (const type of new Set([from, request])) scope.checkKeyField([...path, i], field, type);
    if (by.length > 1) checkSameKind(field, from, request, [...path, i], scope);
  }
}

/** A key of several fields is JSON: the text "7" is another key than the number 7, and the window would be empty for ever. */
function checkSameKind(
  field: string,
  from: string | undefined,
  request: string | undefined,
  path: Path,
  scope: FileScope,
): void {
  const [event, asked] = [from, request].map((type) => KINDS[scope.fields(type)?.get(field)?.cel ?? 'dyn']);
  if (event === undefined || asked === undefined || event === asked) return;
  scope.problems.add(path, {
    found: `${field}, ${event} in ${from} and ${asked} in ${request}`,
    allowed: 'fields of one type in event and request, where there are several',
  });
}
