import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { ENVIRONMENT_VARIABLES } from './environment-variables.ts';
import { readConfig } from './read-config.ts';

describe('readConfig', () => {
  it('works without any variable: a local broker, no secrets, no traces', () => {
    expect(readConfig({})).toEqual({
      kafka: { brokers: ['localhost:9092'], ssl: null, sasl: null },
      logLevel: 'info',
      apiKeys: [],
      doors: { host: '127.0.0.1', httpPort: 8080, grpcPort: null },
      instanceId: null,
      traces: null,
    });
  });

  it('takes a variable that is set to nothing as not set', () => {
    expect(readConfig({ KAFKA_BROKERS: '', LOG_LEVEL: ' ' })).toEqual(readConfig({}));
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
    expect(config.apiKeys).toEqual(['one', 'two']);
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
      [...page.matchAll(/^\| `([A-Z_]+)` \| (.*) \|$/gm)].map(([, name = '', rest = '']) => [name, rest]),
    );
    expect([...rows.keys()]).toEqual(Object.keys(ENVIRONMENT_VARIABLES.shape));
    for (const [name, schema] of Object.entries(ENVIRONMENT_VARIABLES.shape))
      expect(rows.get(name)).toContain(schema.description);
  });
});
