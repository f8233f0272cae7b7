import { SystemClock } from '@millrace/core';
import { MonitorDoor, MonitorModule, readPage, ViewFollower, type MonitorStage } from '@millrace/monitor';
import type { Plan } from '@millrace/pipeline';
import { ApiKeys, createService, openLogs, parseApiKeys, readConfig } from '@millrace/platform';
import type { Log } from '@millrace/stream';

export interface OpenedDoor {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The door of the monitor as the service has it, to what is in a log; the stage does not run. */
export async function openDoor(
  plan: Plan,
  log: Log,
  stage: MonitorStage,
  keys: readonly string[] = [],
): Promise<OpenedDoor> {
  const clock = new SystemClock();
  const follower = new ViewFollower({ plan, log, clock, onFailed: () => undefined });
  const door = new MonitorDoor({ plan, log, clock, models: stage.models, follower });
  const options = { plan, log, clock, config: readConfig({}), logs: openLogs('silent'), host: '127.0.0.1', port: 0 };
  const module = MonitorModule.of({
    stage,
    door,
    keys: new ApiKeys(parseApiKeys(keys), clock),
    page: await readPage(),
  });
  const service = await createService('monitor', options, () => ({ stage, module }));
  const close = async (): Promise<void> => {
    await service.stop();
    await follower.close();
    await door.close();
  };
  return { url: await service.open(), close };
}
