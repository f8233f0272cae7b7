import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parsePipeline } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.ts';
import { flights, renderedText } from './render-chart.ts';

const FLIGHTS = flights('minimal');
const BEFORE: typeof FLIGHTS = {
  ...FLIGHTS,
  'schemas/weather.json': FLIGHTS['schemas/weather-observed.json'] as string,
};

describe('an upgrade', () => {
  let server: ApiServer;
  let folder: string;
  let kubeconfig: string;

  beforeEach(async () => {
    server = new ApiServer('r', 'ns', 'r-millrace-pipeline', BEFORE);
    folder = await mkdtemp(join(tmpdir(), 'millrace-helm-'));
    kubeconfig = join(folder, 'config');
    const clusters = [{ name: 'c', cluster: { server: await server.start() } }];
    const contexts = [{ name: 'c', context: { cluster: 'c', user: '' } }];
    await writeFile(kubeconfig, JSON.stringify({ clusters, contexts, 'current-context': 'c' }));
  });

  afterEach(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What Helm says to a release that runs with `BEFORE` and is to have another pipeline file. */
  const upgrade = (change: (text: string) => string, values = {}): Promise<string> => {
    const files = { ...BEFORE, 'pipeline.yaml': change(BEFORE['pipeline.yaml']) };
    const flags = ['--dry-run=server', '--disable-openapi-validation', '--kubeconfig', kubeconfig];
    return renderedText('minimal', { files, values, flags }).then(
      () => 'accepted',
      ({ message }: Error) => message,
    );
  };

  /** What Millrace makes of the changed file. */
  const featureSet = async (change: (text: string) => string): Promise<string> => {
    const read = async (path: string): Promise<string> => BEFORE[path] as string;
    const plan = await parsePipeline(change(BEFORE['pipeline.yaml']), { file: 'pipeline.yaml', folder, read });
    return plan.featureSet;
  };

  it.each([
    ['a feature', (text: string) => text.replace('over: 3h, take: last, of: temp', 'over: 4h, take: last, of: temp')],
    ['the order of features', (text: string) => text.replace(/^( {2}- \{ name: distance.*\n)( {2}- .*\n)/m, '$2$1')],
    ['the key', (text: string) => text.replace('key: tailnum', 'key: carrier')],
    ['an event’s id', (text: string) => text.replace(/(departed: .*)id: id/, '$1id: tailnum')],
  ])('is refused that changes %s: it would end services before others have taken over', async (_, change) => {
    expect(await featureSet(change)).not.toBe(await featureSet((text) => text));
    const message = /that makes another feature set, .*Install it as another release, beside this one/;
    expect(await upgrade(change)).toMatch(message);
    expect(await upgrade(change, { 'pipeline.replaceFeatureSet': true })).toBe('accepted');
  });

  it.each([
    ['nothing', (text: string) => text],
    ['a comment', (text: string) => `# ours\n${text}`],
    ['a limit', (text: string) => text.replace('outcome:', 'flow: { max_lag: 1000 }\noutcome:')],
    ['the name of a schema’s file', (text: string) => text.replace('weather-observed.json', 'weather.json')],
    ['where models are', (text: string) => text.replace(/^models: .*/m, 'models: s3://models/flights')],
    ['what the monitor does', (text: string) => text.replace('warm_up: 14d', 'warm_up: 7d')],
  ])('is accepted that changes %s', async (_, change) => {
    expect(await featureSet(change)).toBe(await featureSet((text) => text));
    expect(await upgrade(change)).toBe('accepted');
  });
});
