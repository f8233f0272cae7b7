import { SystemClock } from '@millrace/core';
import { loadPlan, type Plan } from '@millrace/pipeline';
import {
  openKafka,
  prepareTopics,
  readConfig,
  SERVICE_NAMES,
  serviceRights,
  type ServiceName,
} from '@millrace/platform';
import type { PredictionValue } from '@millrace/records';
import type { Right } from '@millrace/stream';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exampleSlice } from './example-slice.ts';
import { MillraceProcess } from './millrace-process.ts';
import { readAtLeast } from './read-topic.ts';
import { runScript } from './run-script.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';
import { SecuredBroker, type Grant, type Login } from './secured-broker.ts';
import { passwordOf } from './token-endpoint.ts';

const { AclOperationTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const MILLRACE = 'apps/cli/bin/millrace.mjs';
const LONG_MS = 180_000;

const LOGINS: Readonly<Record<ServiceName, Login>> = {
  ingest: { name: 'ingest', mechanism: 'SCRAM-SHA-512' },
  feature: { name: 'feature', mechanism: 'SCRAM-SHA-256' },
  scorer: { name: 'scorer', mechanism: 'PLAIN' },
  monitor: { name: 'monitor', mechanism: 'OAUTHBEARER' },
};
const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
};

function grantOf({ kind, name, operation }: Right): Grant {
  return {
    resourceType: kind === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    operation: OPERATIONS[operation],
  };
}

describe('a broker where users log in over TLS and may do what they are granted', { timeout: LONG_MS }, () => {
  let broker: SecuredBroker;
  let pipeline: ScratchPipeline;
  let plan: Plan;

  const transactions = (service: ServiceName): Grant => ({
    resourceType: AclResourceTypes.TRANSACTIONAL_ID,
    resourceName: `${plan.name}.${service}.`,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
    operation: AclOperationTypes.WRITE,
  });
  const grantsOf = (service: ServiceName): readonly Grant[] => serviceRights(plan, service).map(grantOf);
  const up = (service: ServiceName, more: Readonly<Record<string, string>> = {}): Promise<MillraceProcess> =>
    MillraceProcess.up([pipeline.file, '--only', service, '--http', '0'], {
      ...broker.environment(LOGINS[service]),
      ...more,
    });
  const prepare = async (service: ServiceName): Promise<void> => {
    const config = readConfig(broker.environment(LOGINS[service]));
    const log = await openKafka(config.kafka, 'rights', new SystemClock());
    try {
      await prepareTopics(plan, log, [service]);
    } finally {
      await log.close();
    }
  };

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    plan = await loadPlan(pipeline.file);
    broker = await SecuredBroker.start(Object.values(LOGINS));
    const log = await openKafka(readConfig({ KAFKA_BROKERS: broker.open }).kafka, 'admin', new SystemClock());
    await prepareTopics(plan, log, []);
    await log.close();
    for (const service of SERVICE_NAMES)
      await broker.grant(LOGINS[service].name, [...grantsOf(service), transactions(service)]);
  }, LONG_MS);

  afterAll(async () => {
    await broker.remove();
    await removeScratchPipeline(pipeline);
  });

  it('runs the pipeline with what the services say that they need, by PLAIN, SCRAM and OAUTHBEARER', async () => {
    const { file, requests } = await exampleSlice(pipeline, 3000);
    const services = await Promise.all(SERVICE_NAMES.map((service) => up(service)));
    try {
      const replay = await runScript([MILLRACE, 'replay', pipeline.file, file], { KAFKA_BROKERS: broker.open });
      expect(replay.status, replay.output).toBe(0);
      const { values } = await readAtLeast(broker.open, plan.names.predictions, requests.length);
      const ids = values.map((value) => (JSON.parse(value) as PredictionValue).id);
      expect([ids.length, new Set(ids)]).toEqual([requests.length, new Set(requests)]);
      expect((await readAtLeast(broker.open, plan.names.examples, 100)).values.length).toBeGreaterThan(100);
    } finally {
      expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0, 0, 0]);
    }
  });

  it.each(SERVICE_NAMES)('names the one right that %s lacks', async (service) => {
    await prepare(service);
    for (const right of serviceRights(plan, service)) {
      const grant = grantOf(right);
      const words = `${right.operation} on ${right.kind} ${right.name}`;
      await broker.revoke(LOGINS[service].name, [grant]);
      const missing = { code: 'RIGHTS_MISSING', detail: expect.stringContaining(words) };
      await expect(prepare(service), words).rejects.toMatchObject(missing);
      await broker.grant(LOGINS[service].name, [grant]);
    }
    await prepare(service);
  });

  it('ends a service that may not write under its transactional id, and names it', async () => {
    await broker.revoke('ingest', [transactions('ingest')]);
    const ingest = await up('ingest');
    const log = await openKafka(readConfig({ KAFKA_BROKERS: broker.open }).kafka, 'admin', new SystemClock());
    await log.publisher().publish([{ topic: plan.names.events, partition: 0, key: null, value: 'no event' }]);
    expect(await ingest.ended()).toBe(1);
    await broker.grant('ingest', [transactions('ingest')]);
    await log.close();
    expect(ingest.said).toMatch(/RIGHTS_MISSING.*transactional id e2e-\w+\.ingest\./s);
  });

  it('says that the password is wrong, or that the certificate is not trusted', async () => {
    const wrong = await up('scorer', { KAFKA_SASL_PASSWORD: passwordOf('nobody') }).catch(String);
    expect(wrong).toMatch(/LOG_UNREACHABLE.*Authentication failed/s);
    const unknown = await up('monitor', { KAFKA_SASL_PASSWORD: passwordOf('nobody') }).catch(String);
    expect(unknown).toMatch(/LOG_UNREACHABLE.*no token from http:\S+\/token: it answers 401, invalid_client/s);
    const untrusted = await up('scorer', { KAFKA_SSL_CA: '' }).catch(String);
    expect(untrusted).toMatch(/LOG_UNREACHABLE.*self-signed certificate/s);
  });
});
