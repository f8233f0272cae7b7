import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ENVIRONMENT_VARIABLES } from './environment-variables.ts';
import { readConfig } from './read-config.ts';

describe('readConfig', () => {
  it('works without any variable: a local broker, no secrets, no traces', () => {
    const { variable, ...settings } = readConfig({});
    expect(variable('HOME')).toBeUndefined();
    expect(settings).toEqual({
      kafka: { brokers: ['localhost:9092'], ssl: null, sasl: null },
      logLevel: 'info',
      apiKeys: [],
      tls: null,
      doors: { host: '127.0.0.1', httpPort: 8080, grpcPort: null },
      instanceId: null,
      pseudonymKey: null,
      sessionTimeoutMs: 10_000,
      modelStore: {
        s3: { endpoint: null, region: 'us-east-1', credentials: null },
        cacheFolder: join(homedir(), '.cache/millrace/models'),
        cacheBytes: 4 * 2 ** 30,
      },
      modelRun: { threads: 1, hangMs: 10_000 },
      monitorUrl: null,
      traces: null,
      metrics: null,
    });
  });

  it('takes a variable that is set to nothing as not set', () => {
    expect(readConfig({ KAFKA_BROKERS: '', LOG_LEVEL: ' ' })).toMatchObject({
      kafka: readConfig({}).kafka,
      logLevel: 'info',
    });
  });

  it('reads brokers, keys and a SASL connection over TLS', () => {
    const config = readConfig({
      KAFKA_BROKERS: 'a:9092, b:9093',
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'me',
      KAFKA_SASL_PASSWORD: 'secret',
      KAFKA_SSL_CA: 'ca.pem',
      MILLRACE_API_KEYS: 'one,two',
    });
    expect(config.kafka).toEqual({
      brokers: ['a:9092', 'b:9093'],
      ssl: { ca: 'ca.pem', cert: null, key: null },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'secret' },
    });
    expect(config.apiKeys.map(({ secret }) => secret)).toEqual(['one', 'two']);
  });

  it('reads where to get a token for OAUTHBEARER, and who asks', () => {
    const login = { KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_MECHANISM: 'OAUTHBEARER' };
    const { kafka } = readConfig({
      ...login,
      KAFKA_SASL_OAUTH_TOKEN_URL: 'https://login.example/token',
      KAFKA_SASL_OAUTH_SCOPE: 'kafka',
      KAFKA_SASL_USERNAME: 'me',
      KAFKA_SASL_PASSWORD: 'secret',
    });
    const client = { tokenUrl: new URL('https://login.example/token'), id: 'me', secret: 'secret', scope: 'kafka' };
    expect(kafka.sasl).toEqual({ mechanism: 'OAUTHBEARER', client });
    const fromFile = readConfig({ ...login, KAFKA_SASL_OAUTH_TOKEN_URL: 'file:///run/token' }).kafka.sasl;
    expect(fromFile).toMatchObject({ client: { tokenUrl: new URL('file:///run/token') } });
  });

  it.each([
    [{}, /OAUTHBEARER needs KAFKA_SASL_OAUTH_TOKEN_URL/],
    [{ KAFKA_SASL_OAUTH_TOKEN_URL: 'https://login.example/token' }, /KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/],
    [{ KAFKA_SASL_OAUTH_TOKEN_URL: 'http://login.example/token' }, /found "http:.*the secret of the client is sent/],
    [{ KAFKA_SASL_OAUTH_TOKEN_URL: 'login' }, /allowed: a URL, https:/],
  ])('refuses OAUTHBEARER with %j', (set, says) => {
    const login = { KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_MECHANISM: 'OAUTHBEARER' };
    expect(() => readConfig({ ...login, ...set })).toThrow(says);
  });

  it('reads where an object store is and who asks it, as the AWS tools do', () => {
    const keys = { AWS_ACCESS_KEY_ID: 'me', AWS_SECRET_ACCESS_KEY: 'hush' };
    const general = { AWS_DEFAULT_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://store:8333' };
    expect(
      readConfig({ ...keys, ...general, MILLRACE_MODEL_CACHE: '/var/models', MILLRACE_MODEL_CACHE_BYTES: '1000' })
        .modelStore,
    ).toEqual({
      s3: {
        endpoint: 'http://store:8333',
        region: 'eu-west-1',
        credentials: { accessKeyId: 'me', secretAccessKey: 'hush', sessionToken: null },
      },
      cacheFolder: '/var/models',
      cacheBytes: 1000,
    });
    const closer = { AWS_REGION: 'eu-north-1', AWS_ENDPOINT_URL_S3: 'https://s3.store', AWS_SESSION_TOKEN: 'brief' };
    expect(readConfig({ ...keys, ...general, ...closer }).modelStore.s3).toEqual({
      endpoint: 'https://s3.store',
      region: 'eu-north-1',
      credentials: { accessKeyId: 'me', secretAccessKey: 'hush', sessionToken: 'brief' },
    });
  });

  it('reads how many workers and threads a model has and how long a batch may take, and refuses none', () => {
    const counts = { MILLRACE_MODEL_WORKERS: '3', MILLRACE_MODEL_THREADS: '2' };
    const { modelRun } = readConfig({ ...counts, MILLRACE_MODEL_TIMEOUT: '500' });
    expect(modelRun).toEqual({ workers: 3, threads: 2, hangMs: 500 });
    expect(() => readConfig({ MILLRACE_MODEL_WORKERS: '0', MILLRACE_MODEL_THREADS: 'all' })).toThrow(
      /MILLRACE_MODEL_THREADS: found "all".*MILLRACE_MODEL_WORKERS: found "0"/s,
    );
  });

  it('refuses half a pair of AWS keys and an endpoint that is no URL, and shows no key', () => {
    expect(() => readConfig({ AWS_SECRET_ACCESS_KEY: 'hush' })).toThrow(/set both or none/);
    expect(() => readConfig({ AWS_ENDPOINT_URL: 'store:8333' })).toThrow(
      /AWS_ENDPOINT_URL: found "store:8333"; allowed/,
    );
  });

  it('names every wrong variable at once, with what it found, and no secret', () => {
    const environment = { LOG_LEVEL: 'loud', KAFKA_SECURITY_PROTOCOL: 'tls', OTEL_TRACES_SAMPLER_ARG: '2' };
    expect(() => readConfig(environment)).toThrow(
      /KAFKA_SECURITY_PROTOCOL: found "tls".*LOG_LEVEL: found "loud".*"info".*OTEL_TRACES_SAMPLER_ARG: found "2"/s,
    );
    expect(() => readConfig({ KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_PASSWORD: 'hush' })).toThrow(
      /needs KAFKA_SASL_USERNAME/,
    );
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, 'otlp'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, 'otlp'],
    [{ OTEL_TRACES_EXPORTER: 'console' }, 'console'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' }, undefined],
  ])('with %o exports traces by %s', (environment, exporter) => {
    expect(readConfig(environment).traces?.exporter).toBe(exporter);
  });

  it('is documented: every variable, its default and its meaning, and no other', async () => {
    const page = await readFile(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
    const rows = new Map(
      [...page.matchAll(/^\| `([A-Z0-9_]+)` \| (.*) \|$/gm)].map(([, name = '', rest = '']) => [name, rest]),
    );
    expect([...rows.keys()]).toEqual(Object.keys(ENVIRONMENT_VARIABLES.shape));
    for (const [name, schema] of Object.entries(ENVIRONMENT_VARIABLES.shape))
      expect(rows.get(name)).toContain(schema.description);
  });
});
