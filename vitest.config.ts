import { defineConfig } from 'vitest/config';

/** Sources, not builds; decorators with metadata said here, not left to the discovery of a tsconfig. */
const conditions = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['@millrace/source'] },
  ssr: { resolve: { conditions: ['@millrace/source'] } },
};

/** `npm run safeguards` runs all tests without one of the client's safeguards. */
const setupFiles = process.env['MILLRACE_TEST_WITHOUT'] === undefined ? [] : ['test/without-safeguard.setup.ts'];

export default defineConfig({
  ...conditions,
  test: {
    pool: 'forks', // what ends a process ends one file of tests, and says which
    maxWorkers: 2,
    /*
     * Where the processor has protection keys, V8 keeps a map of its code pages for the whole process, and threads that come and
     * go, such as those of models, can end it: `Check failed: jit_page.has_value()` (see nodejs/node#64500).
     */
    execArgv: ['--no-memory-protection-keys'],
    projects: [
      {
        ...conditions,
        test: {
          name: 'unit',
          setupFiles,
          testTimeout: 30_000,
          include: ['{libs,apps}/*/src/**/*.spec.ts', 'test/{chaos,deploy,perf}/**/*.spec.ts'],
        },
      },
      {
        ...conditions,
        test: { name: 'simulation', testTimeout: 120_000, include: ['test/simulation/**/*.spec.ts'] },
      },
      {
        ...conditions,
        test: {
          name: 'integrity',
          setupFiles,
          include: ['test/integrity/**/*.spec.ts'],
          maxWorkers: 4, // they wait for sessions and time-outs, mostly
          sequence: { groupOrder: 1 }, // after the unit tests, which have two workers: `npm run safeguards` runs both
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: ['test/broker.setup.ts'],
        },
      },
      {
        ...conditions,
        test: {
          name: 'chart',
          include: ['test/chart/**/*.spec.ts'],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ['test/chart/helm.setup.ts'],
        },
      },
      ...['conformance', 'conformance-simple'].map((name) => ({
        ...conditions,
        test: {
          name,
          include: ['test/conformance/**/*.spec.ts'],
          fileParallelism: false,
          globalSetup: ['test/conformance/target.setup.ts'],
        },
      })),
      {
        ...conditions,
        test: {
          name: 'e2e',
          setupFiles,
          include: ['test/e2e/**/*.spec.ts'],
          maxWorkers: 2, // each waits for its broker, its services and its clients by turns
          testTimeout: 300_000,
          hookTimeout: 300_000,
          globalSetup: ['test/broker.setup.ts'],
        },
      },
      {
        ...conditions,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.spec.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 300_000,
          globalSetup: ['test/browser/browser.setup.ts'],
        },
      },
      {
        ...conditions,
        test: {
          name: 'containers',
          include: ['test/containers/**/*.spec.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          globalSetup: ['test/containers/containers.setup.ts'],
        },
      },
    ],
  },
});
