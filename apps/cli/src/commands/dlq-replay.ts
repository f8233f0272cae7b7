import { AppError } from '@millrace/core';

import { note, printJson, printLine, type CliContext } from '../context.ts';
import { replayLetters, type LetterReplayResult } from '../dead-letters/replay-letters.ts';
import type { FoundPromise } from '../replay/assert-no-open-promise.ts';
import type { DeadLetterView } from '../topics/dead-letter-view.ts';
import { letterCondition } from '../topics/letter-condition.ts';
import { withLog } from '../topics/with-log.ts';

export interface LetterReplayFlags {
  readonly where?: string;
  readonly json?: boolean;
}

/** So many events that are gone are named one by one. */
const MOST_NAMED = 20;
const CLEAR_LINE = '\r\u001B[K';

/** `millrace dlq replay [PIPELINE] [--where CEL]` */
export async function replayDeadLetters(
  pipeline: string | undefined,
  { where, json }: LetterReplayFlags,
  context: CliContext,
): Promise<void> {
  const condition = letterCondition(where);
  const plan = await context.loadPlan(pipeline);
  const { clock, signal } = context;
  const result = await withLog(context, (log) =>
    replayLetters({
      log,
      plan,
      clock,
      signal,
      condition,
      onProgress: progress(context),
      onPromise: promiseNote(context),
      onGone: goneNotes(context),
    }),
  );
  tell(result, json === true, context);
  assertComplete(result);
}

/** How far it is, on a terminal; nothing elsewhere. */
function progress({ stderr }: CliContext): (done: number, of: number) => void {
  return (done, of) => {
    if (stderr.isTerminal) stderr.write(`${CLEAR_LINE}${done} of ${of} events replayed`);
  };
}

function promiseNote(context: CliContext): (found: FoundPromise) => void {
  return ({ partition, promise }) =>
    note(
      context,
      `the partition ${partition} is under the promise ${promise}: what is replayed is late there, and requests wait for it`,
    );
}

function goneNotes(context: CliContext): (letter: DeadLetterView, why: string) => void {
  let named = 0;
  return ({ place, topic, partition, offset }, why) => {
    if (++named <= MOST_NAMED) note(context, `not replayed: ${place} (${topic}/${partition}@${offset}): ${why}`);
  };
}

function tell({ replayed, skipped, gone }: LetterReplayResult, json: boolean, context: CliContext): void {
  if (context.stderr.isTerminal) context.stderr.write(CLEAR_LINE);
  if (json) printJson(context, { replayed, skipped, gone });
  else
    printLine(
      context,
      `replayed ${replayed}, skipped ${skipped} (replayed before, or nothing to replay), gone ${gone}`,
    );
}

/** @throws AppError `INTERRUPTED`, `EVENTS_GONE` */
function assertComplete({ gone, stopped }: LetterReplayResult): void {
  if (stopped)
    throw new AppError('INTERRUPTED', 'what was replayed is noted; the same command again goes on from there.');
  if (gone > 0)
    throw new AppError(
      'EVENTS_GONE',
      `${gone} of them; the others were replayed. Publish them anew, if you have them.`,
    );
}
