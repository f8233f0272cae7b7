import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A command or program of a page, and the output that the page shows below it. */
export interface PageExample {
  readonly language: 'sh' | 'python';
  readonly source: string;
  readonly output: string;
}

const EXAMPLE = /```(sh|python)\n(.*?)```\n\n```(?:json|text)\n(.*?)```/gs;

export async function examplesOf(page: string): Promise<readonly PageExample[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(EXAMPLE)].map(([, language, source = '', output = '']) => ({
    language: language as PageExample['language'],
    source,
    output: output.trim(),
  }));
}

/** @throws where the shell, curl or gzip is not there, or what it runs fails */
export async function runExample({ language, source }: PageExample, python: string): Promise<string> {
  const [program, flag] = language === 'sh' ? ['bash', '-ec'] : [python, '-c'];
  const { stdout } = await promisify(execFile)(program, [flag, source]);
  return stdout.trim();
}
