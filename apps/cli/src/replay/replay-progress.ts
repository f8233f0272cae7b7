import { rfc3339 } from '@millrace/records';

import { note, type CliContext } from '../context.ts';
import type { ReplayProgress } from './replay-options.ts';

/** How far a replay is, on a terminal; nothing elsewhere. */
export function progressLine({ stderr, clock }: CliContext): ((progress: ReplayProgress) => void) | undefined {
  if (!stderr.isTerminal) return undefined;
  const startedMs = clock.elapsed();
  return (progress) => stderr.write(`\r\u001B[K${describe(progress, clock.elapsed() - startedMs)}`);
}

/** What was done, once it is done. */
export function tellResult(
  context: CliContext,
  result: ReplayProgress & { readonly refused?: number },
  tookMs: number,
  topic: string,
): void {
  if (context.stderr.isTerminal) context.stderr.write('\r\u001B[K');
  note(context, `${describe(result, tookMs)} to ${topic}`);
  if (result.late > 0)
    note(
      context,
      `${result.late} events are earlier than one before them in the file: they are late. Sort the file by event time.`,
    );
  if (result.refused !== undefined && result.refused > 0)
    note(context, `${result.refused} events were refused by the door`);
}

function describe({ events, requests, at }: ReplayProgress, tookMs: number): string {
  const perSecond = tookMs > 0 ? Math.round((events * 1000) / tookMs) : events;
  const upTo = at === null ? '' : `, up to ${rfc3339(at)}`;
  return `${events} events, ${requests} requests${upTo}, ${perSecond} events/s`;
}
