import { AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import type { EventLine } from '../events/event-line.ts';

/** The events again and again; `onEnd` is told each time that they have come to their end. */
export async function* loopedEvents(
  events: () => AsyncIterable<EventLine>,
  onEnd: () => void,
): AsyncGenerator<EventLine> {
  for (;;) {
    yield* events();
    onEnd();
  }
}

/** @throws AppError `INPUT_INVALID` where nothing asks for a prediction: there would be nothing to measure */
export async function assertAsks(events: AsyncIterable<EventLine>, { predict }: Plan): Promise<void> {
  for await (const { type } of events) if (type === predict.on) return;
  throw new AppError(
    'INPUT_INVALID',
    `the file of events has none of the type ${predict.on} (predict.on), so nothing would be answered. --events names another file.`,
  );
}
