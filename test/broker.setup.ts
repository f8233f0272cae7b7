import type { TestProject } from 'vitest/node';

import { findLog } from '../scripts/log/find-log.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of a running Kafka, joined by commas. */
    brokers: string;
  }
}

/** One broker for all the tests of a project; `findLog` leaves nothing running when it throws. */
export default async function startBroker(project: TestProject): Promise<() => Promise<void>> {
  const log = await findLog({ say: (line: string) => console.log(line) });
  console.log(`tests run on ${log.kind === 'external' ? 'KAFKA_BROKERS' : log.kind} at ${log.brokers}`);
  project.provide('brokers', log.brokers);
  return log.stop;
}
