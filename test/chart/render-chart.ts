import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { inject } from 'vitest';
import { parseAllDocuments } from 'yaml';

import type { Manifest } from './manifest.ts';

export const CHART = resolve('deploy', 'helm', 'millrace');
/** Values of `values/`, and where their models are. */
const LOCATIONS = {
  minimal: '/millrace/models',
  production: 's3://models/flights',
  'lag-in-kafka': '/millrace/models',
  cpu: '/models',
  gpu: 's3://models/flights',
} as const;
export type ValueSet = keyof typeof LOCATIONS;
export const VALUE_SETS = Object.keys(LOCATIONS) as ValueSet[];
const SCHEMAS = ['arrived', 'departed', 'departure-due', 'weather-observed'].map((name) => `schemas/${name}.json`);

export interface Rendering {
  readonly chart?: string;
  /** By their paths, over those of the set. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Further ones of the command line. */
  readonly flags?: readonly string[];
}

/** The flights example by the paths that its pipeline file names, with the models of a set. */
export function flights(set: ValueSet): Record<'pipeline.yaml', string> & Record<string, string> {
  const read = (path: string): string => readFileSync(resolve('examples', 'flights', path), 'utf8');
  const pipeline = read('pipeline.yaml').replace(/^models: .*/m, `models: ${LOCATIONS[set]}`);
  return { 'pipeline.yaml': pipeline, ...Object.fromEntries(SCHEMAS.map((path) => [path, read(path)])) };
}

/** What `helm template` prints for the release `r` in the namespace `ns`. */
export async function renderedText(set: ValueSet, rendering: Rendering = {}): Promise<string> {
  const { chart = CHART, values = {}, files = flights(set), flags = [] } = rendering;
  const changes = Object.entries(values).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]);
  const args = ['template', 'r', chart, '--namespace', 'ns', '-f', valuesFile(set), '-f', '-', ...changes, ...flags];
  return helm(args, JSON.stringify({ pipeline: { files } }));
}

export async function renderChart(set: ValueSet, rendering: Rendering = {}): Promise<readonly Manifest[]> {
  const documents = parseAllDocuments(await renderedText(set, rendering), { version: '1.1' });
  return (documents as { toJS(): Manifest | null }[]).flatMap((document) => document.toJS() ?? []);
}

export const valuesFile = (set: ValueSet): string => resolve('test', 'chart', 'values', `${set}.yaml`);

/** @returns stdout @throws Error with what Helm says */
export async function helm(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(inject('helm'), args, { stdio: 'pipe' });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolved) => child.on('close', resolved));
  const [out, error, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(error);
  return out;
}
