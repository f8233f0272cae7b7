import { AppError } from '@millrace/core';
import type { TopicDescription } from '@millrace/stream';

import { findOpenPromise } from '../replay/assert-no-open-promise.ts';
import type { DeadLetterView } from '../topics/dead-letter-view.ts';
import { readLetters } from '../topics/dead-letters.ts';
import type { LetterCondition } from '../topics/letter-condition.ts';
import { RecordReader } from '../topics/record-reader.ts';
import { chooseLetters, eventName } from './choose-letters.ts';
import { LetterSender, type SendingWatch } from './letter-sender.ts';
import { ReplaySession, type ReplayContext } from './replay-session.ts';

export interface LetterReplayOptions extends ReplayContext, SendingWatch {
  readonly condition: LetterCondition;
}

/** In events, each counted once. */
export interface LetterReplayResult {
  readonly replayed: number;
  /** Replayed before, answered already, or no events but watermarks. */
  readonly skipped: number;
  /** Neither in the log nor in the letter. */
  readonly gone: number;
  /** The signal came before all were sent. */
  readonly stopped: boolean;
}

/**
 * Sends the events of dead letters to `<p>.events` again, each once, however often and from how many places it is asked.
 *
 * @throws AppError `TOPIC_MISSING`, `PRODUCER_FENCED`, and what the log throws; what was sent until then is noted
 */
export async function replayLetters(options: LetterReplayOptions): Promise<LetterReplayResult> {
  const { log, plan, signal, condition } = options;
  const events = await describeEvents(options);
  const mostBytes = Number(events.config['max.message.bytes'] ?? Infinity);
  const promise = await findOpenPromise(log, plan, events.partitions, options.clock);
  if (promise) options.onPromise?.(promise);
  const session = await ReplaySession.open(options);
  const reader = new RecordReader(log.source());
  try {
    const letters = await readLetters(log, plan.names.dlq, signal);
    if (signal.aborted) return { replayed: 0, skipped: 0, gone: 0, stopped: true };
    await session.forget(withoutLetters(session.replayed, letters, options));
    const choice = chooseLetters(letters, { plan, condition, replayed: session.replayed });
    for (const letter of choice.nameless) options.onGone?.(letter, 'it names no event: an internal record was broken');
    const sent = await new LetterSender({ session, reader, mostBytes, watch: options, ...options }).send(choice.chosen);
    return { ...sent, skipped: choice.skipped, gone: sent.gone + choice.nameless.length };
  } finally {
    await Promise.allSettled([reader.close(), session.close()]);
  }
}

function withoutLetters(
  replayed: ReadonlySet<string>,
  letters: readonly DeadLetterView[],
  { plan }: LetterReplayOptions,
): readonly string[] {
  const lettered = new Set(letters.map((letter) => eventName(letter, plan)));
  return [...replayed].filter((name) => !lettered.has(name));
}

async function describeEvents({ log, plan }: LetterReplayOptions): Promise<TopicDescription> {
  const { events } = plan.names;
  const admin = log.admin();
  try {
    const found = (await admin.describe([events])).get(events);
    if (!found) throw new AppError('TOPIC_MISSING', `there is no topic ${events} yet. millrace up creates it.`);
    return found;
  } finally {
    await admin.close();
  }
}
