import { writeFile } from 'node:fs/promises';

import { AppError, messageOf } from '@millrace/core';
import { knownIncident } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

import { note, type CliContext } from '../../context.ts';
import { readView } from '../read-view.ts';
import { affectedRows } from './affected-rows.ts';
import { incidentReport } from './incident-report.ts';
import { reportHtml } from './report-html.ts';
import { reportMarkdown } from './report-markdown.ts';

export const REPORT_FORMATS = ['md', 'html'] as const;

export interface ReportFlags {
  /** How many affected predictions are named. */
  readonly affected?: number;
  /** Default: by the name of the file, else Markdown. */
  readonly format?: (typeof REPORT_FORMATS)[number];
  readonly out?: string;
}

/**
 * The draft of a post-mortem, to a file or to stdout.
 *
 * @throws AppError `INCIDENT_NOT_FOUND`, `OUTPUT_FAILED`
 */
export async function writeReport(
  log: Log,
  plan: Plan,
  id: string,
  { affected: most = 20, format, out }: ReportFlags,
  context: CliContext,
): Promise<void> {
  const view = await readView(log, plan, context.signal);
  const [opened] = knownIncident(view, id).alerts;
  const found = opened ? await affectedRows(log, plan, opened, { most, signal: context.signal }) : null;
  const report = incidentReport(view, id, plan, found);
  const inHtml = (format ?? (/\.html?$/i.test(out ?? '') ? 'html' : 'md')) === 'html';
  const text = inHtml ? reportHtml(report) : reportMarkdown(report);
  if (out === undefined) return context.stdout.write(text);
  try {
    await writeFile(out, text);
  } catch (error) {
    throw new AppError('OUTPUT_FAILED', `${out}: ${messageOf(error)}. Name a file that can be written.`, {
      cause: error,
    });
  }
  note(context, `${out}: ${report.title}`);
}
