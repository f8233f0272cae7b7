import {
  checksumsOf,
  describeTensor,
  assertModel,
  MODEL_FILE,
  openModelStore,
  parseCardObject,
  SAMPLE_FILE,
} from '@millrace/inference';
import type { ModelSignature, ModelStore, StoredVersion } from '@millrace/inference';
import type { Command } from 'commander';

import { printJson, printLine, type CliContext } from '../context.ts';
import { splitNames } from '../model-arguments.ts';
import { storeOptions } from '../store-options.ts';

interface Listed {
  readonly model: string;
  readonly version: string;
  /** Of all its files. */
  readonly bytes: number;
  /** When `model.onnx` came, RFC 3339. */
  readonly changed_at: string;
  /** Of `model.onnx`; null: its `model.json` does not say. */
  readonly sha256: string | null;
  readonly profile: boolean;
  readonly sample: boolean;
  /** As its `model.json` says. */
  readonly signature: ModelSignature | null;
}

/** `millrace model list [MODEL] [PIPELINE]` */
export function registerList(model: Command, context: CliContext): void {
  model
    .command('list')
    .description('models and their versions: size, date, checksum, profile, sample rows, signature')
    .argument('[words...]', '[MODEL] [PIPELINE]: one model alone, and the pipeline file (default: ./pipeline.yaml)')
    .option('--json', 'as JSON')
    .action((words: readonly string[], options: { readonly json?: boolean }) => list(words, options, context));
}

async function list(
  words: readonly string[],
  { json }: { readonly json?: boolean },
  context: CliContext,
): Promise<void> {
  const { names, pipeline } = splitNames(words, 0, 1, '[MODEL]');
  const plan = await context.loadPlan(pipeline);
  const store = openModelStore(plan.models, storeOptions(context));
  for (const name of names) await assertModel(store, name);
  const listed: Listed[] = [];
  for (const model of names.length > 0 ? names : await store.models()) {
    for (const version of await store.versions(model)) listed.push(await describe(store, model, version));
  }
  if (json === true) printJson(context, listed);
  else for (const line of tableOf(listed)) printLine(context, line);
}

async function describe(
  store: ModelStore,
  model: string,
  { version, files, changedAt }: StoredVersion,
): Promise<Listed> {
  const location = store.locationOf(model, version, 'model.json');
  const card = (await store.read(model, version, 'model.json')) ?? '{}';
  const has = (file: string): boolean => files.some(({ name }) => name === file);
  return {
    model,
    version,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    changed_at: new Date(changedAt).toISOString(),
    sha256: checksumsOf(card, location).get(MODEL_FILE) ?? null,
    profile: has('profile.json'),
    sample: has(SAMPLE_FILE),
    signature: signatureOf(parseCardObject(card, location)['signature']),
  };
}

/** What `millrace model add` wrote; whoever wrote another one by hand has none here. */
function signatureOf(said: unknown): ModelSignature | null {
  const { inputs, outputs } = Object(said) as Partial<ModelSignature>;
  return Array.isArray(inputs) && Array.isArray(outputs) ? { inputs, outputs } : null;
}

function tableOf(listed: readonly Listed[]): readonly string[] {
  const rows = listed.map((one) => [
    one.model,
    one.version,
    sizeText(one.bytes),
    one.changed_at.slice(0, 16).replace('T', ' '),
    one.sha256?.slice(0, 12) ?? '-',
    one.profile ? 'yes' : '-',
    one.sample ? 'yes' : '-',
    one.signature ? signatureText(one.signature) : '-',
  ]);
  const all = [['model', 'version', 'size', 'came', 'sha256', 'profile', 'sample', 'signature'], ...rows];
  const widths = (all[0] as string[]).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  );
}

function signatureText({ inputs, outputs }: ModelSignature): string {
  return [inputs, outputs].map((specs) => specs.map(describeTensor).join(', ')).join(' -> ');
}

/** Decimal, as in the pipeline file. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
