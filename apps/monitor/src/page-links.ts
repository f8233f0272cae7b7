import { rfc3339 } from '@millrace/records';

import type { ClosedWindow } from './close-windows.ts';

/** Where to look at a signal: references relative to the monitor's door, so that an alert is the same whoever writes it. */
export interface PageLinks {
  /** The monitor's page, at this signal. */
  readonly page: string;
  /** Numbers of the services. */
  readonly metrics: string;
  /** Id of the trace that one of the window's predictions is in; not where none was sampled. */
  readonly trace?: string;
}

/** The page has windows of predictions to choose from; it shows others with the newest of them. */
export function pageLinks({ version, variant, subject, end, traceparent }: ClosedWindow, signal: string): PageLinks {
  const window = subject === 'rows' ? { window: rfc3339(end) } : {};
  const address = new URLSearchParams({ stream: `${version}/${variant}`, signal, ...window });
  const trace = traceparent?.split('-')[1];
  return { page: `monitor#${address.toString()}`, metrics: 'metrics', ...(trace !== undefined && { trace }) };
}
