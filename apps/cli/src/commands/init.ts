import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AppError } from '@millrace/core';
import type { Command } from 'commander';

import { note, printJson, printLine, type CliContext } from '../context.ts';
import { outputError } from '../rows/output-file.ts';

const TEMPLATE = fileURLToPath(new URL('../../template', import.meta.url));
const NAME_LINE = /^name: \S+/m;

interface InitOptions {
  readonly json?: boolean;
}

/** `millrace init [DIR]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('init')
    .description(
      'writes a new pipeline that runs at once: its file, schemas, a tiny model and its profile, sample events',
    )
    .argument('[dir]', 'where to; it is made if it is not there, and names the pipeline (default: here)')
    .option('--json', 'the files, as JSON')
    .action((dir: string | undefined, options: InitOptions) => init(dir ?? '.', options, context));
}

/** @throws AppError `WRONG_USE` where something of that name is there, `OUTPUT_FAILED` */
async function init(dir: string, { json = false }: InitOptions, context: CliContext): Promise<void> {
  const name = nameOf(resolve(dir));
  try {
    await mkdir(dir, { recursive: true });
    await assertNothingIsThere(dir);
    await cp(TEMPLATE, dir, { recursive: true });
    const file = join(dir, 'pipeline.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(NAME_LINE, `name: ${name}`));
  } catch (error) {
    throw outputError(dir, error);
  }
  const files = (await readdir(TEMPLATE, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(dir, entry.parentPath.slice(TEMPLATE.length), entry.name))
    .toSorted();
  if (json) return printJson(context, { name, files });
  for (const written of files) printLine(context, written);
  note(context, `the pipeline ${name}; ${join(dir, 'README.md')} says how to run it`);
}

/** The folder's, of the letters that a name may have. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? 'rides' : name;
}

async function assertNothingIsThere(dir: string): Promise<void> {
  const ours = new Set(await readdir(TEMPLATE));
  const found = (await readdir(dir)).filter((name) => ours.has(name));
  if (found.length > 0)
    throw new AppError(
      'WRONG_USE',
      `${dir} has ${found.join(', ')} already, and nothing is written over. Name another folder.`,
    );
}
