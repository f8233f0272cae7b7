import { resolve } from 'node:path';

import { loadPlan, type Plan } from '@millrace/pipeline';
import { groupIdOf, SERVICE_NAMES } from '@millrace/platform';
import { ForwardingStage, TestServices } from '@millrace/platform/testing';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Manifest } from './manifest.ts';
import { flights, renderChart, type Rendering } from './render-chart.ts';

describe('autoscaling', () => {
  let plan: Plan;

  beforeAll(async () => {
    plan = await loadPlan(resolve('examples', 'flights', 'pipeline.yaml'));
  });

  const files = (topics: string) => ({
    ...flights('cpu'),
    'pipeline.yaml': `${flights('cpu')['pipeline.yaml']}${topics}`,
  });
  const scaled = async (kind: string, set: 'cpu' | 'production' | 'lag-in-kafka', rendering?: Rendering) =>
    (await renderChart(set, rendering)).filter((manifest) => manifest.kind === kind);
  const most = ({ metadata, spec }: Manifest) => [metadata.name, spec.maxReplicas ?? spec.maxReplicaCount];

  it('has no more pods than partitions: four, unless the pipeline file says how many', async () => {
    const byDefault = await scaled('HorizontalPodAutoscaler', 'cpu', { files: files('') });
    expect(byDefault.map(most)).toEqual(
      ['feature', 'ingest', 'monitor', 'scorer'].map((name) => [`r-millrace-${name}`, 4]),
    );
    const twelve = await scaled('HorizontalPodAutoscaler', 'cpu', { files: files('topics: { partitions: 12 }\n') });
    expect(twelve.map(most).map(([, pods]) => pods)).toEqual([12, 12, 12, 12]);
  });

  it('has as many as are asked for, of the services that are to be scaled', async () => {
    const objects = await scaled('ScaledObject', 'production');
    expect(objects.map(most)).toEqual([
      ['r-millrace-feature', 8],
      ['r-millrace-ingest', 4],
      ['r-millrace-scorer', 4],
    ]);
  });

  it('leaves the number of pods to the autoscaler, and to values where there is none', async () => {
    const replicas = async (set: 'cpu' | 'production') =>
      (await scaled('StatefulSet', set)).map(({ spec }) => spec.replicas ?? null);
    expect(await replicas('cpu')).toEqual([null, null, null, null]);
    expect(await replicas('production')).toEqual([null, null, 1, null]);
  });

  it('by lag in Kafka asks for the groups of the services, with the user and the certificates of the services', async () => {
    const values = { 'autoscaling.lag.kafka.featureSet': plan.featureSet };
    const objects = await scaled('ScaledObject', 'lag-in-kafka', { values });
    const asked = objects.map(({ spec }) => spec.triggers[0]?.metadata['consumerGroup']);
    expect(new Set(asked)).toEqual(new Set(SERVICE_NAMES.map((name) => groupIdOf(name, { plan }))));
    const [authentication] = await scaled('TriggerAuthentication', 'lag-in-kafka');
    expect(authentication?.spec.secretTargetRef).toEqual([
      { parameter: 'username', name: 'kafka-user', key: 'username' },
      { parameter: 'password', name: 'kafka-user', key: 'password' },
      { parameter: 'ca', name: 'kafka-certificates', key: 'ca.crt' },
    ]);
    for (const { spec } of objects)
      expect(spec.triggers[0]).toMatchObject({
        metadata: { sasl: 'plaintext', tls: 'enable' },
        authenticationRef: { name: authentication?.metadata.name },
      });
  });

  it('by lag in Kafka is refused where the way in is OAUTHBEARER', async () => {
    const sasl = { mechanism: 'OAUTHBEARER', secret: 's', tokenUrl: 'https://login.example/token' };
    await expect(scaled('ScaledObject', 'lag-in-kafka', { values: { 'kafka.sasl': sasl } })).rejects.toThrow(
      /not made for kafka\.sasl\.mechanism OAUTHBEARER here; allowed are autoscaling\.lag\.trigger=prometheus/,
    );
  });

  it('by lag in Prometheus asks for a series that each service shows, and of its own pods alone', async () => {
    const objects = await scaled('ScaledObject', 'production');
    const queries = objects.map(({ spec }) => spec.triggers[0]?.metadata['query']);
    expect(queries).toContain(
      'sum(millrace_stage_lag_records{stage="scorer",namespace="ns",service="r-millrace-scorer"})',
    );
    for (const { spec } of objects) expect(spec.triggers[0]?.metadata).toMatchObject({ ignoreNullValues: 'false' });
    const services = new TestServices(plan);
    await services.createTopics();
    const stage = new ForwardingStage('scorer', plan.names.features, plan.names.scored);
    const url = await services.start(await services.create('scorer', 'features', stage));
    const shown = async () => (await fetch(`${url}/metrics`)).text();
    await expect.poll(shown).toMatch(/^millrace_stage_lag_records\{stage="scorer"/m);
    await services.stop();
  });
});
