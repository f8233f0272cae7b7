import { isAppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

import { switchAlias } from '../../../apps/cli/src/alias/switch-alias.ts';
import type { AliasAttempt } from '../script/scenario.ts';
import type { Host } from '../world/host.ts';
import type { World } from '../world/world.ts';

/** `millrace model alias`, as somebody runs it. @param onBug it ended with an error that nobody foresaw */
export function attemptSwitch(
  { version, killedAfterMs }: AliasAttempt,
  plan: Plan,
  { world, host, log }: { readonly world: World; readonly host: Host; readonly log: Log },
  onBug: (error: unknown) => void,
): void {
  const { signal } = new AbortController();
  world.say(() => `${host.name} asks for version ${version}`);
  if (killedAfterMs !== null)
    world.after(killedAfterMs, () => {
      world.say(() => `${host.name} is killed`);
      host.crash();
    });
  switchAlias({ plan, log, clock: host, signal, alias: 'champion', version, verify: async () => undefined }).then(
    ({ number }) => world.say(() => `${host.name} has switched to ${version} (${number})`),
    (error: unknown) => {
      world.say(() => `${host.name} has not switched, or does not know: ${String(error)}`);
      if (!isAppError(error)) onBug(error);
    },
  );
}
