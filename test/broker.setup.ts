import type { TestProject } from 'vitest/node';
import { findLog } from '../scripts/log/find-log.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port`, of a broker that is up for the whole run. */
    brokers: string;
  }
}

/** One broker for all tests that need one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = await findLog({ say: (line: string) => console.log(line) });
  project.provide('brokers', log.brokers);
  return () => log.stop();
}
