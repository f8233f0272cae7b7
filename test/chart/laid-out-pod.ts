import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';

import type { Container, Manifest, PodSpec, Texts, Variable } from './manifest.ts';

/** Stands for whatever a Secret holds. */
const SECRET = 'from-a-secret';

/** A pod's container as it would be started, with its volumes in a folder instead of the root. */
export interface LaidOutPod {
  readonly args: readonly string[];
  readonly environment: Record<string, string>;
  /** Where the image's working directory is. */
  readonly folder: string;
}

/** Does what kubelet does with the first pod of a StatefulSet: volumes, variables, and `$(VARIABLES)` in arguments and values. */
export async function layOutPod(set: Manifest, manifests: readonly Manifest[], root: string): Promise<LaidOutPod> {
  const { spec } = set.spec.template;
  const [container] = spec.containers;
  for (const { name, mountPath } of container.volumeMounts) {
    const folder = join(root, mountPath);
    await mkdir(folder, { recursive: true });
    for (const [path, text] of Object.entries(contents(name, spec, manifests))) await place(folder, path, text);
  }
  const environment = environmentOf(container, set.metadata.name, root);
  return { args: container.args.map((arg) => expand(arg, environment)), environment, folder: join(root, 'pipeline') };
}

function contents(volume: string, { volumes }: PodSpec, manifests: readonly Manifest[]): Texts {
  const found = volumes.find(({ name }) => name === volume);
  if (found?.secret) return { 'ca.crt': rootCertificates[0] as string };
  const data = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === found?.configMap?.name,
  )?.data;
  return Object.fromEntries((found?.configMap?.items ?? []).map(({ key, path }) => [path, data?.[key] as string]));
}

/** Through links, as files of a volume are: `schemas` → `..data/schemas`, `..data` → a folder with a time in its name. */
async function place(folder: string, path: string, text: string): Promise<void> {
  const file = join(folder, '..2026_01_01', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  const top = path.split('/')[0] as string;
  await linkOnce('..2026_01_01', join(folder, '..data'));
  await linkOnce(join('..data', top), join(folder, top));
}

async function linkOnce(target: string, link: string): Promise<void> {
  await symlink(target, link).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

function environmentOf({ env, volumeMounts }: Container, set: string, root: string): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const variable of env) {
    const value = expand(valueOf(variable, set), environment);
    const inVolume = volumeMounts.some(({ mountPath }) => value.startsWith(`${mountPath}/`));
    environment[variable.name] = inVolume ? join(root, value) : value;
  }
  return environment;
}

function valueOf({ value, valueFrom }: Variable, set: string): string {
  if (value !== undefined) return value;
  if (valueFrom?.secretKeyRef) return SECRET;
  return valueFrom?.fieldRef?.fieldPath === 'metadata.name' ? `${set}-0` : 'ns';
}

/** A reference to a variable that is not there yet stays as it is. */
function expand(text: string, environment: Record<string, string>): string {
  return text.replace(/\$\((\w+)\)/g, (reference, name: string) => environment[name] ?? reference);
}
