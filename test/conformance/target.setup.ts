import type { TestProject } from 'vitest/node';

import { OWN_MODELS, startScorer } from './start-scorer.ts';
import type { Target } from './target.ts';

type Optional<Type, Key extends keyof Type> = Omit<Type, Key> & Partial<Pick<Type, Key>>;

/** Asks the server at OIP_HTTP (and OIP_GRPC), or a scorer of its own, what it is and what its model takes. */
export default async function findTarget(project: TestProject): Promise<() => Promise<void>> {
  const { OIP_HTTP: given, OIP_GRPC: grpc, OIP_MODEL: model } = process.env;
  const { OIP_SHAPES: shapes = '{}', OIP_AUTHORIZATION: authorization } = process.env;
  if (given !== undefined && model === undefined)
    throw new Error('OIP_HTTP says which server is asked; OIP_MODEL has to say which of its models.');
  const ownModel = OWN_MODELS.find((name) => project.name.endsWith(name)) ?? OWN_MODELS[0];
  const own = given === undefined ? await startScorer(ownModel) : null;
  try {
    project.provide(
      'target',
      await describeTarget({
        http: (own?.url ?? given ?? '').replace(/\/$/, ''),
        name: own?.model ?? model ?? '',
        grpc: own?.grpc ?? grpc ?? null,
        authorization: authorization ?? null,
        shapes: JSON.parse(shapes) as Target['shapes'],
      }),
    );
  } catch (error) {
    await own?.stop();
    throw error;
  }
  return async () => own?.stop();
}

async function describeTarget({
  http,
  name,
  ...others
}: Pick<Target, 'http' | 'grpc' | 'authorization' | 'shapes'> & { readonly name: string }): Promise<Target> {
  const headers = others.authorization === null ? {} : { authorization: others.authorization };
  const ask = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetch(`${http}${path}`, { headers });
    if (response.ok) return (await response.json()) as Answer;
    throw new Error(`GET ${http}${path} has the status ${response.status}: ${await response.text()}`);
  };
  const { extensions = [], ...server } = await ask<Optional<Target['server'], 'extensions'>>('/v2');
  const { versions = [], inputs = [], outputs = [] } = await ask<Partial<Target['model']>>(`/v2/models/${name}`);
  if (inputs.length === 0) throw new Error(`the metadata of ${name} name no inputs; the suite learns them there.`);
  return { http, server: { ...server, extensions }, model: { name, versions, inputs, outputs }, ...others };
}
