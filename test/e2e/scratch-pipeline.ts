import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const EXAMPLE = resolve('examples', 'flights');

export interface ScratchPipeline {
  /** Its topics' prefix: nobody else's. */
  readonly name: string;
  readonly folder: string;
  /** The pipeline file. */
  readonly file: string;
}

/** The flights pipeline under a name of its own, in a folder of its own, for a test to change as it likes. */
export async function makeScratchPipeline(edit: (text: string) => string = (text) => text): Promise<ScratchPipeline> {
  const name = `e2e-${randomUUID().slice(0, 8)}`;
  const folder = await mkdtemp(join(tmpdir(), 'millrace-e2e-'));
  await cp(join(EXAMPLE, 'schemas'), join(folder, 'schemas'), { recursive: true });
  await symlink(join(EXAMPLE, 'models'), join(folder, 'models'));
  const file = join(folder, 'pipeline.yaml');
  const text = await readFile(join(EXAMPLE, 'pipeline.yaml'), 'utf8');
  await writeFile(file, edit(text.replace('name: flights', `name: ${name}`)));
  return { name, folder, file };
}

export async function removeScratchPipeline({ folder }: ScratchPipeline): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Drops fields from the `required` of a schema, so that an event without them fits it. */
export async function relaxSchema(
  { folder }: ScratchPipeline,
  schema: string,
  fields: readonly string[],
): Promise<void> {
  const file = join(folder, 'schemas', schema);
  const parsed = JSON.parse(await readFile(file, 'utf8')) as { required: readonly string[] };
  await writeFile(
    file,
    JSON.stringify({ ...parsed, required: parsed.required.filter((field) => !fields.includes(field)) }),
  );
}
