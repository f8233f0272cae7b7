import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

/** All topics of a pipeline. */
export async function removeTopics(log: Log, plan: Plan): Promise<void> {
  const admin = log.admin();
  await admin.delete((await admin.list()).filter((topic) => topic.startsWith(`${plan.name}.`)));
  await admin.close();
}
