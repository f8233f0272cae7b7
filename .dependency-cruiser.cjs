/** The rings of docs/architecture.md as import rules: the arrow points inward. */
const RINGS = {
  core: [],
  pipeline: ['core'],
  records: ['core'],
  features: ['core', 'pipeline', 'records'],
  batching: ['core'],
  drift: ['core'],
  tensors: ['core'],
  'open-inference': ['core', 'tensors'],
  inference: ['core', 'batching', 'tensors'],
  stream: ['core', 'records'],
  'memory-log': ['core', 'records', 'stream'],
  kafka: ['core', 'records', 'stream'],
  platform: ['core', 'records', 'pipeline', 'stream', 'kafka', 'memory-log', 'features', 'inference'],
};

/** Tests and bench files may also use what a package offers to tests. */
const TESTS = '\\.spec\\.ts$|/testing/|/bench/|/src/.*\\.bench\\.ts$';

const ringRules = Object.entries(RINGS).map(([lib, allowed]) => ({
  name: `ring-${lib}`,
  comment: `libs/${lib} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other package of ours'}`,
  severity: 'error',
  from: { path: `^libs/${lib}/src/`, pathNot: TESTS },
  to: { path: '^(libs|apps)/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
}));

const onlyFrom = (name, comment, packages, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^(libs|apps)/', pathNot: `^(${allowed.join('|')})/` },
  to: { path: `node_modules/(${packages})(/|$)` },
});

module.exports = {
  forbidden: [
    ...ringRules,
    {
      name: 'no-cycles',
      comment: 'files do not import each other in circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'an import that cannot be found would hide from every other rule',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'apps-are-islands',
      comment: 'services meet only in topics; only what composes them imports them',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/(standalone|cli)/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'cli-imports-standalone-alone',
      comment: 'the command line starts services through apps/standalone',
      severity: 'error',
      from: { path: '^apps/cli/' },
      to: { path: '^apps/', pathNot: '^apps/(cli|standalone)/' },
    },
    {
      name: 'standalone-composes',
      comment: 'apps/standalone composes services and knows nothing of the command line',
      severity: 'error',
      from: { path: '^apps/standalone/' },
      to: { path: '^apps/cli/' },
    },
    {
      name: 'front-doors',
      comment: 'packages are entered by @millrace/x or @millrace/x/testing',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^(libs|apps)/[^/]+/src/', pathNot: ['^$1/$2/', '/src/index\\.ts$', '/src/testing/index\\.ts$'] },
    },
    {
      name: 'testing-doors-are-for-tests',
      comment: 'what is shipped does not import what is for tests',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: TESTS },
      to: { path: '/src/testing/' },
    },
    onlyFrom('only-kafka-imports-the-client', 'one adapter owns kafkajs', 'kafkajs', ['libs/kafka']),
    onlyFrom('only-platform-speaks-grpc', 'one package owns gRPC', '@grpc/[^/]+|protobufjs', ['libs/platform']),
    onlyFrom('only-inference-imports-the-runtime', 'one package owns ONNX Runtime', 'onnxruntime-node', [
      'libs/inference',
    ]),
    onlyFrom(
      'only-inference-imports-the-object-store',
      'one package owns the client of object stores',
      '@bradenmacdonald/s3-lite-client',
      ['libs/inference'],
    ),
    onlyFrom('nest-stays-outside', 'rings 0 to 3 are plain TypeScript', '@nestjs/[^/]+|fastify|pino', [
      'libs/platform',
      'apps',
    ]),
    onlyFrom('telemetry-stays-outside', 'rings 0 to 3 know no telemetry vendor', '@opentelemetry/[^/]+', [
      'libs/platform',
      'apps',
    ]),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    // not every dist: packages from npm live in theirs
    exclude: { path: '^(libs|apps)/[^/]+/(page/)?dist/' },
    enhancedResolveOptions: {
      conditionNames: ['@millrace/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
