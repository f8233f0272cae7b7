import type { TestProject } from 'vitest/node';

import { findLog } from '../scripts/log/find-log.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of a running Kafka, joined by commas. */
    brokers: string;
  }
}

/**
 * One broker for all the tests of a project: the one that `npm test` has started for all tiers, else one of its own.
 * `findLog` leaves nothing running when it throws.
 */
export default async function startBroker(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['MILLRACE_TEST_BROKERS'];
  const log = given === undefined ? await findLog({ say: (line: string) => console.log(line) }) : null;
  project.provide('brokers', given ?? (log as { brokers: string }).brokers);
  return async () => log?.stop();
}
