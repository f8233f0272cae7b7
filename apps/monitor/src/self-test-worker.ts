/** Started by `self-test-run.ts` as a thread of its own: what the detector does on a profile's own data takes seconds. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { seededRandom } from '@millrace/core';
import { selfTest, type ReferenceProfile, type SelfTestReport, type SelfTestSettings } from '@millrace/drift';

/** All that the thread is given. */
export interface SelfTestSetup {
  readonly profile: ReferenceProfile;
  readonly settings: SelfTestSettings;
}

const SEED = 1;

const port = parentPort as MessagePort;
const { profile, settings } = workerData as SelfTestSetup;
port.postMessage(selfTest(profile, settings, seededRandom(SEED)) satisfies SelfTestReport);
