import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { runProgram } from '@millrace/cli';
import { loadPlan } from '@millrace/pipeline';
import { SERVICE_NAMES, servicePorts } from '@millrace/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recordedContext } from '../../apps/cli/src/testing/recorded-context.ts';
import { ENVIRONMENT_VARIABLES } from '../../libs/platform/src/config/environment-variables.ts';
import { layOutPod } from './laid-out-pod.ts';
import type { Manifest } from './manifest.ts';
import { CHART, flights, renderChart, VALUE_SETS, type Rendering, type ValueSet } from './render-chart.ts';

/** Not ours: names for `$(…)`, and what OpenTelemetry's own resource detector reads. */
const OTHER_VARIABLES = ['POD_NAME', 'POD_NAMESPACE', 'OTEL_RESOURCE_ATTRIBUTES'];
/** Of the Secrets, the test has no certificate with its key. */
const NO_OWN_CERTIFICATE = { 'kafka.tls.cert': '', 'kafka.tls.key': '' };

const statefulSets = (manifests: readonly Manifest[]): readonly Manifest[] =>
  manifests.filter(({ kind }) => kind === 'StatefulSet');

async function podsOf(set: ValueSet, rendering?: Rendering) {
  return statefulSets(await renderChart(set, rendering)).map(({ spec }) => spec.template);
}

describe('a pod of the chart', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'millrace-pod-'));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  it.each(VALUE_SETS)('starts `millrace up` with what it accepts, up to the broker, with %s', async (set) => {
    const manifests = await renderChart(set, { values: NO_OWN_CERTIFICATE });
    for (const stateful of statefulSets(manifests)) {
      const { args, environment, folder } = await layOutPod(stateful, manifests, join(root, stateful.metadata.name));
      // nothing listens on port 1
      const context = recordedContext({ ...environment, KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' });
      const load = (file = 'pipeline.yaml') => loadPlan(join(folder, file));
      await runProgram(args, { ...context, loadPlan: load });
      expect(context.err()).toMatch(/\(LOG_UNREACHABLE\): .*127\.0\.0\.1:1/);
      expect(args).toEqual(expect.arrayContaining(['--instance', `${stateful.metadata.name}-0`]));
    }
  });

  it('reads the pipeline that was given to the chart, through the links of a volume', async () => {
    const manifests = await renderChart('minimal');
    const { folder } = await layOutPod(statefulSets(manifests)[0] as Manifest, manifests, root);
    const { featureSet } = await loadPlan(resolve('examples', 'flights', 'pipeline.yaml'));
    expect(await loadPlan(join(folder, 'pipeline.yaml'))).toMatchObject({ featureSet, models: '/millrace/models' });
  });

  it('keeps files of one name apart by their folders, under keys that Kubernetes allows', async () => {
    const twins = { 'a/twin.json': 'of a', 'b/twin.json': 'of b' };
    const manifests = await renderChart('minimal', { files: { ...flights('minimal'), ...twins } });
    const { folder } = await layOutPod(statefulSets(manifests)[0] as Manifest, manifests, root);
    for (const [path, text] of Object.entries(twins)) expect(await readFile(join(folder, path), 'utf8')).toBe(text);
    const keys = Object.keys(manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {});
    expect(keys.filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))).toEqual([]);
  });

  it.each(VALUE_SETS)('sets no variable that nobody reads, with %s', async (set) => {
    const known = [...Object.keys(ENVIRONMENT_VARIABLES.shape), ...OTHER_VARIABLES];
    const names = (await podsOf(set)).flatMap(({ spec }) => spec.containers[0].env.map(({ name }) => name));
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('has its secrets from Secrets, and says nothing about them itself', async () => {
    for (const { spec } of await podsOf('production')) {
      const secrets = spec.containers[0].env.flatMap(({ name, valueFrom }) =>
        valueFrom?.secretKeyRef ? [`${name}=${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`] : [],
      );
      expect(secrets).toEqual([
        'MILLRACE_API_KEYS=millrace-keys/api-keys',
        'KAFKA_SASL_USERNAME=kafka-user/username',
        'KAFKA_SASL_PASSWORD=kafka-user/password',
        'AWS_ACCESS_KEY_ID=models/access-key-id',
        'AWS_SECRET_ACCESS_KEY=models/secret-access-key',
        'AWS_SESSION_TOKEN=models/session-token',
      ]);
    }
  });

  it('is told where tokens for OAUTHBEARER come from', async () => {
    const sasl = { mechanism: 'OAUTHBEARER', secret: 's', tokenUrl: 'https://login.example/token', scope: 'kafka' };
    for (const { spec } of await podsOf('minimal', { values: { 'kafka.sasl': sasl } }))
      expect(spec.containers[0].env).toEqual(
        expect.arrayContaining([
          { name: 'KAFKA_SASL_MECHANISM', value: 'OAUTHBEARER' },
          { name: 'KAFKA_SASL_OAUTH_TOKEN_URL', value: sasl.tokenUrl },
          { name: 'KAFKA_SASL_OAUTH_SCOPE', value: 'kafka' },
        ]),
      );
  });

  it('has the ports of its service, with a probe of each kind at the door', async () => {
    const pods = await podsOf('minimal');
    const ports = pods.map(({ spec }) => spec.containers[0]).map((container) => [container.name, container.ports]);
    const expected = SERVICE_NAMES.map((name) => {
      const { port, grpcPort } = servicePorts(name, 8080);
      const grpc = name === 'scorer' ? [{ name: 'grpc', containerPort: grpcPort }] : [];
      return [name, [...grpc, { name: 'http', containerPort: port }]];
    });
    expect(Object.fromEntries(ports)).toEqual(Object.fromEntries(expected));
    for (const { spec } of pods)
      expect(spec.containers[0]).toMatchObject({
        startupProbe: { httpGet: { path: '/health/live', port: 'http' } },
        livenessProbe: { httpGet: { path: '/health/live', port: 'http' } },
        readinessProbe: { httpGet: { path: '/health/ready', port: 'http' } },
      });
  });

  it.each(VALUE_SETS)(
    'is what the Pod Security Standard "restricted" allows, and writes to /tmp alone, with %s',
    async (set) => {
      for (const { spec } of await podsOf(set)) {
        const [container] = spec.containers;
        expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
        expect(spec.securityContext).toMatchObject({
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const writable = container.volumeMounts.filter(({ readOnly }) => readOnly !== true);
        expect(writable.map(({ mountPath }) => mountPath)).toEqual(['/tmp']);
      }
    },
  );

  it('is restarted by a changed file of the pipeline', async () => {
    const files = flights('minimal');
    const changed = { ...files, 'schemas/arrived.json': `${files['schemas/arrived.json']}\n` };
    const checksum = (template: Manifest['spec']['template']) => template.metadata.annotations['checksum/pipeline'];
    const [before, after] = [await podsOf('minimal'), await podsOf('minimal', { files: changed })];
    expect(new Set([...before, ...after].map(checksum)).size).toBe(2);
  });

  it('is not restarted by another version of the chart with the same image', async () => {
    const chart = join(root, 'millrace');
    await cp(CHART, chart, { recursive: true, dereference: true });
    const text = await readFile(join(chart, 'Chart.yaml'), 'utf8');
    await writeFile(join(chart, 'Chart.yaml'), text.replace(/^version: .*/m, 'version: 9.9.9'));
    expect(await podsOf('minimal', { chart })).toEqual(await podsOf('minimal'));
  });
});
