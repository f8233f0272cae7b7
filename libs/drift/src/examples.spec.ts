import { globSync, readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';

import { describe, expect, it } from 'vitest';

const SOURCE = new URL('.', import.meta.url);
const FILES = globSync('**/*.ts', { cwd: SOURCE, exclude: (name) => /spec\.ts$|testing/.test(name) });

/** Folders in which every function and class that is a statistic shows what it gives. */
const STATISTICS = /^(distance|significance|detector|performance)\//;
const STATISTIC = /^export (function|class) \w+/m;

/** The code blocks of docstrings, and what each says that its last line gives. */
function examplesOf(text: string): readonly { readonly code: string; readonly expected: string }[] {
  return [...text.matchAll(/^ \* ```ts\n(.+?)^ \* ```/gms)].map(([, block]) => {
    const lines = (block as string)
      .split('\n')
      .map((line) => line.slice(3))
      .filter((line) => line !== '');
    const [last, expected] = (lines.pop() as string).split('; // ') as [string, string];
    return { code: [...lines, `return ${last};`].join('\n'), expected };
  });
}

/** `0.0397…` stands for every number that begins so. */
function shown(value: unknown, expected: string): unknown {
  const numbers = expected.match(/-?\d+\.\d+…/g) ?? [];
  if (numbers.length === 0) return value;
  const cut = (found: number): number | string => {
    const like = numbers.find((number) => plain(found).startsWith(number.slice(0, -1)));
    return like ?? found;
  };
  if (typeof value === 'number') return cut(value);
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [key, typeof one === 'number' ? cut(one) : one]),
  );
}

function plain(value: number): string {
  return value.toFixed(20);
}

async function everything(): Promise<Record<string, unknown>> {
  const modules = await Promise.all(FILES.map((file) => import(new URL(file, SOURCE).href) as Promise<object>));
  return Object.assign({}, ...modules) as Record<string, unknown>;
}

describe('the examples in docstrings', () => {
  const examples = FILES.flatMap((file) =>
    examplesOf(readFileSync(new URL(file, SOURCE), 'utf8')).map((one) => [file, one] as const),
  );

  it.each(examples)('give what they say: %s', async (_, { code, expected }) => {
    const known = await everything();
    const evaluate = (body: string): unknown =>
      (compileFunction(body, Object.keys(known)) as (...values: unknown[]) => unknown)(...Object.values(known));
    const wanted = evaluate(`return (${expected.replaceAll(/-?\d+\.\d+…/g, "'$&'")});`);
    const found = shown(evaluate(code), expected);
    if (typeof wanted === 'number' && !Number.isInteger(wanted)) expect(found).toBeCloseTo(wanted, 12);
    else expect(found).toEqual(wanted);
  });

  it('are in every file that holds a statistic', () => {
    const without = FILES.filter((file) => STATISTICS.test(file)).filter((file) => {
      const text = readFileSync(new URL(file, SOURCE), 'utf8');
      return STATISTIC.test(text) && examplesOf(text).length === 0;
    });
    expect(without.toSorted()).toEqual(['distance/shares.ts', 'significance/homogeneity.ts']);
  });
});
