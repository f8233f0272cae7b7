import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { ApiKey } from '@millrace/platform';

/**
 * A right to send what there is not is a slip of the pen.
 *
 * @throws AppError `CONFIG_INVALID`
 */
export function checkKeyEvents(keys: readonly ApiKey[], { events }: Pick<Plan, 'events'>): void {
  const types = events.map(({ type }) => type);
  for (const [i, { name, rights }] of keys.entries()) {
    const wrong = rights?.events.find((type) => !types.includes(type));
    if (wrong !== undefined)
      throw new AppError(
        'CONFIG_INVALID',
        `MILLRACE_API_KEYS: key ${name ?? i + 1} has a right to events of type ${wrong}; the pipeline file has ${types.join(', ')}.`,
      );
  }
}
