import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CHART, flights, helm, renderedText, VALUE_SETS, valuesFile } from './render-chart.ts';
import { validate } from './validate.ts';

describe('the chart', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-chart-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each(VALUE_SETS)(
    'makes of %s what the schemas of Kubernetes 1.30 and 1.37 allow, field for field',
    async (set) => {
      const manifests = await renderedText(set);
      for (const version of ['1.30', '1.37']) {
        const { valid, invalid } = await validate(manifests, version);
        expect(invalid).toEqual([]);
        expect(valid.filter((name) => name.startsWith('StatefulSet '))).toHaveLength(4);
      }
    },
  );

  it.each([
    ['_pod.tpl', 'readOnlyRootFilesystem', 'readonlyRootFilesystem', /StatefulSet .*readonlyRootFilesystem/],
    ['_pod.tpl', 'periodSeconds: 10', 'periodSeconds: often', /StatefulSet .*'often' is not of type 'integer'/],
    ['network-policies.yaml', 'policyTypes', 'policytypes', /NetworkPolicy .*policytypes/],
    ['scaled-objects.yaml', 'maxReplicaCount', 'maxReplicas', /ScaledObject .*maxReplicas/],
    ['scaled-objects.yaml', 'triggers:', 'trigger:', /ScaledObject .*(trigger|'triggers' is a required property)/],
    ['service-monitor.yaml', 'endpoints:', 'endpoint:', /ServiceMonitor .*endpoint/],
  ])('is seen to be wrong where %s has %s as %s', async (file, right, wrong, message) => {
    const chart = join(folder, 'millrace');
    await cp(CHART, chart, { recursive: true, dereference: true });
    const template = join(chart, 'templates', file);
    const text = await readFile(template, 'utf8');
    expect(text).toContain(right);
    await writeFile(template, text.replace(right, wrong));
    const { invalid } = await validate(await renderedText('production', { chart }));
    expect(invalid.join('\n')).toMatch(message);
  });

  it.each(VALUE_SETS)('has nothing that `helm lint --strict` objects to, with %s', async (set) => {
    const input = JSON.stringify({ pipeline: { files: flights(set) } });
    const said = await helm(['lint', '--strict', CHART, '-f', valuesFile(set), '-f', '-'], input);
    expect(said).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('is the same when it is packed', async () => {
    await helm(['package', CHART, '--destination', folder]);
    const packed = await renderedText('production', { chart: join(folder, 'millrace-0.1.0.tgz') });
    expect(packed).toBe(await renderedText('production'));
  });
});
