import { describe, expect, it } from 'vitest';

import { flights, renderedText } from './render-chart.ts';

const PIPELINE = flights('minimal')['pipeline.yaml'];

const refused = (values: Readonly<Record<string, unknown>>, files = flights('minimal') as Record<string, string>) =>
  renderedText('minimal', { values, files }).then(
    () => 'accepted',
    ({ message }: Error) => message,
  );

describe('values', () => {
  it.each([
    ['kafka.brokers', [], /'\/kafka\/brokers': minItems: got 0, want 1/],
    ['kafka.brokers', ['kafka'], /'\/kafka\/brokers\/0': 'kafka' does not match pattern/],
    ['kafka.broker', 'kafka:9092', /'\/kafka': additional properties 'broker' not allowed/],
    [
      'kafka.sasl.mechanism',
      'SCRAM-SHA-1',
      /'\/kafka\/sasl\/mechanism': value must be one of '', 'PLAIN', 'SCRAM-SHA-256'/,
    ],
    ['kafka.sasl', { mechanism: 'PLAIN' }, /'\/kafka\/sasl\/secret': minLength: got 0, want 1/],
    ['kafka.sasl', { mechanism: 'OAUTHBEARER', secret: 's' }, /'\/kafka\/sasl\/tokenUrl': minLength: got 0, want 1/],
    ['kafka.sasl', { mechanism: 'PLAIN', secret: 's', tokenUrl: 'https://t/' }, /'\/kafka\/sasl\/tokenUrl': maxLength/],
    ['kafka.sasl', { mechanism: 'OAUTHBEARER', secret: 's', tokenUrl: 'http://t/' }, /does not match pattern/],
    ['kafka.tls', { secret: 'certificates' }, /'\/kafka\/tls\/enabled': value must be true/],
    ['kafka.tls', { enabled: true, secret: 's', cert: 'tls.crt' }, /'\/kafka\/tls\/key': minLength: got 0, want 1/],
    ['apiKeys.secret', '', /'\/apiKeys\/secret': minLength: got 0, want 1/],
    ['telemetry.ratio', 2, /'\/telemetry\/ratio': maximum: got 2, want 1/],
    ['telemetry.endpoint', 'collector:4318', /'\/telemetry\/endpoint': 'collector:4318' does not match pattern/],
    ['logLevel', 'loud', /'\/logLevel': value must be one of 'fatal', 'error'/],
    ['scorer.replicas', 0, /'\/scorer\/replicas': minimum: got 0, want 1/],
    ['scorer.autoscaling.min', 0, /'\/scorer\/autoscaling\/min': minimum: got 0, want 1/],
    ['autoscaling.by', 'memory', /'\/autoscaling\/by': value must be one of 'none', 'lag', 'cpu'/],
    ['autoscaling.by', 'lag', /'\/autoscaling\/lag\/prometheus\/serverAddress': minLength: got 0, want 1/],
    ['autoscaling', { by: 'lag', lag: { trigger: 'kafka' } }, /'\/autoscaling\/lag\/kafka\/featureSet': minLength/],
    ['image.digest', 'latest', /'\/image\/digest': 'latest' does not match pattern/],
    ['models.claim.mountPath', '/pipeline/models', /'\/models\/claim\/mountPath': 'not' failed/],
    ['sessionTimeout', 1000, /'\/sessionTimeout': minimum: got 1,?000, want 6,?000/],
    [
      'pipeline.files',
      { '../pipeline.yaml': 'name: p' },
      /'\/pipeline\/files': additional properties '\.\.\/pipeline\.yaml' not allowed/,
    ],
    ['pipline', {}, /additional properties 'pipline' not allowed/],
  ])('are refused where %s is %j', async (path, value, message) => {
    expect(await refused({ [path]: value })).toMatch(message);
  });

  it.each([
    ['has no file', {}, /pipeline\.files has no "pipeline\.yaml"; give it by --set-file/],
    [
      'lacks a schema',
      { 'pipeline.yaml': PIPELINE },
      /names the schema schemas\/arrived\.json; pipeline\.files has pipeline\.yaml\. Give it, too/,
    ],
    ['is not YAML', { 'pipeline.yaml': 'name: [' }, /pipeline\.yaml is not YAML: .*`millrace check` shows the place/],
    [
      'has no name',
      { 'pipeline.yaml': 'name: Flights!\n' },
      /name: found "Flights!"; allowed are a-z, 0-9 and -\. `millrace check`/,
    ],
    [
      'has models beside it',
      { 'pipeline.yaml': 'name: p\nmodels: models\n' },
      /models: found "models", .*allowed are s3:\/\/bucket\/prefix, or a folder with its whole path: \/models/,
    ],
  ])('are refused where the pipeline %s', async (_, files, message) => {
    expect(await refused({}, files)).toMatch(message);
  });

  it('are refused where the pipeline has its models elsewhere than the claim is mounted', async () => {
    const message =
      /models\.claim\.name is "models", mounted at \/models; pipeline\.yaml has models: \/millrace\/models/;
    expect(await refused({ 'models.claim.name': 'models' })).toMatch(message);
  });
});
