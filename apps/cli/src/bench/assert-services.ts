import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

/** What an event passes on its way to a prediction. */
const SERVICES = ['ingest', 'feature', 'scorer'] as const;

/** @throws AppError `NOT_RUNNING`, naming the services whose group nobody is in */
export async function assertServices(log: Log, { name, featureSet }: Plan): Promise<void> {
  const admin = log.admin();
  try {
    const missing: string[] = [];
    for (const service of SERVICES)
      if ((await admin.members(`${name}.${service}.${featureSet}`)).length === 0) missing.push(service);
    if (missing.length === 0) return;
    throw new AppError(
      'NOT_RUNNING',
      `nobody is in the consumer group of ${missing.join(', ')} (${name}, feature set ${featureSet}) at ${log.description}. ` +
        'Start them with "millrace up", with this pipeline file and these brokers, and wait for "ready".',
    );
  } finally {
    await admin.close();
  }
}
