import { globSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';

import { describe, expect, it } from 'vitest';

const RULES = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ keeps: line.startsWith('!'), pattern: line.replace('!', '') }));

/** As Docker reads the file: the last rule that names a file, or a folder that it is in, has its way. */
function isKept(file: string): boolean {
  const named = ({ pattern }: { pattern: string }): boolean =>
    matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`);
  return RULES.findLast(named)?.keeps ?? true;
}

describe('what Docker builds the image from', () => {
  it('has all that is compiled and packed', () => {
    const sources = globSync('{apps,libs}/*/{src,bin,page,proto,template}/**/*.*', {
      exclude: ['**/dist', '**/*.spec.ts', '**/*.tsbuildinfo'],
    });
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.filter((file) => !isKept(file))).toEqual([]);
  });

  it('has nothing that was installed or built here, no tests and no measurements', () => {
    const unwanted = globSync('{apps,libs}/*/{node_modules,dist,bench}/*').concat(
      globSync('{apps,libs}/*/src/**/*.spec.ts'),
      globSync(['node_modules/*', 'test/**/*.ts', 'examples/*']),
    );
    expect(unwanted.length).toBeGreaterThan(500);
    expect(unwanted.filter(isKept)).toEqual([]);
  });
});
