import { userInfo } from 'node:os';

import { assertWatched, openIncident } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { encodeCountsRecord, rfc3339, type IncidentNote } from '@millrace/records';
import type { Log } from '@millrace/stream';

import { printJson, printLine, type CliContext } from '../context.ts';
import { readView } from './read-view.ts';

export interface NoteFlags {
  /** Who says it; default: the user of this machine. */
  readonly by?: string;
  readonly json?: boolean;
}

/** @throws AppError `INCIDENT_NOT_FOUND` unless it is open */
export async function acknowledge(
  log: Log,
  plan: Plan,
  incident: string,
  flags: NoteFlags,
  context: CliContext,
): Promise<void> {
  openIncident(await readView(log, plan, context.signal), incident);
  await say(log, plan, { kind: 'note', says: 'acknowledged', incident, ...sayer(flags, context) }, flags, context);
}

export interface SilenceFlags extends NoteFlags {
  /** Milliseconds of event time. */
  readonly for: number;
}

/** @throws AppError `SILENCE_INVALID` where the signal is not watched */
export async function silence(
  log: Log,
  plan: Plan,
  signal: string,
  flags: SilenceFlags,
  context: CliContext,
): Promise<void> {
  assertWatched(await readView(log, plan, context.signal), signal);
  const note = { kind: 'note', says: 'silenced', signal, forMs: flags.for, ...sayer(flags, context) } as const;
  await say(log, plan, note, flags, context);
}

function sayer({ by = userInfo().username }: NoteFlags, { clock }: CliContext): Pick<IncidentNote, 'by' | 'at'> {
  return { by, at: clock.now() };
}

/** The monitor reads it in its order among the counts. */
async function say(
  log: Log,
  { names }: Plan,
  note: IncidentNote,
  { json }: NoteFlags,
  context: CliContext,
): Promise<void> {
  const publisher = log.publisher();
  try {
    await publisher.publish([{ topic: names.counts, partition: 0, key: null, value: encodeCountsRecord(note) }]);
  } finally {
    await publisher.close();
  }
  const { kind: _, ...said } = note;
  if (json === true) printJson(context, { ...said, at: rfc3339(note.at) });
  else printLine(context, sentence(note));
}

function sentence(note: IncidentNote): string {
  if (note.says === 'acknowledged')
    return `${note.incident}: acknowledged by ${note.by}; no reminders, and told when it worsens or is resolved`;
  return note.forMs === 0
    ? `${note.signal}: told of again`
    : `${note.signal}: silenced by ${note.by}; its alerts are in the topic alone`;
}
