import { headerText, type InboundRecord } from '@millrace/records';

/** An alert as `<p>.alerts` has it, and how it stands with it as it is told. */
export interface Alert {
  /** CloudEvents attributes. */
  readonly type: string;
  readonly source: string;
  /** The incident's id and the number of the alert: the same however often it is told. */
  readonly eventId: string;
  /** RFC 3339, event time. */
  readonly time: string;
  readonly value: AlertValue;
  /** How long ago it was written, by the wall clock. */
  readonly ageMs: number;
  /** The incident's end is known, although this tells of something before. */
  readonly overSince: boolean;
  /** Where to look at it; null where nobody has said what the monitor's address is. */
  readonly page: string | null;
  /** W3C trace context of one of the window's predictions, where any was sampled. */
  readonly traceparent: string | undefined;
}

/** What of an alert's JSON people are told; it may have more. */
export interface AlertValue {
  /** The incident's. */
  readonly id: string;
  readonly event: 'opened' | 'worsened' | 'reminded' | 'resolved';
  readonly signal: string;
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly severity: string;
  readonly opened_at: string;
  readonly onset: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly rows?: number;
  readonly effect?: number;
  readonly floor?: number;
  readonly moved?: readonly { readonly bin: string; readonly from: number; readonly to: number }[];
  /** Relative to the monitor's door. */
  readonly links?: { readonly page: string; readonly trace?: string };
  /** The id of a prediction that shows it. */
  readonly example?: string;
  /** Somebody has silenced the signal: it is for the log alone. */
  readonly silenced?: boolean;
}

export interface ReadAlertOptions {
  /** What the log holds behind it, as far as it is known. */
  readonly ahead: readonly InboundRecord[];
  /** Wall clock, epoch milliseconds. */
  readonly nowMs: number;
  /** Of the monitor's door, as people reach it. */
  readonly address: string | null;
}

export function readAlert(record: InboundRecord, { ahead, nowMs, address }: ReadAlertOptions): Alert {
  const header = (name: string): string => headerText(record.headers, name) ?? '';
  const value = JSON.parse(String(record.value)) as AlertValue;
  return {
    type: header('ce_type'),
    source: header('ce_source'),
    eventId: header('ce_id'),
    time: header('ce_time'),
    value,
    ageMs: Math.max(0, nowMs - record.timestamp),
    overSince: ahead.some((later) => isEndOf(later, record)),
    traceparent: headerText(record.headers, 'traceparent'),
    page: address === null || !value.links ? null : `${address.replace(/\/$/, '')}/${value.links.page}`,
  };
}

function isEndOf(later: InboundRecord, { key }: InboundRecord): boolean {
  const ends = headerText(later.headers, 'ce_type') === 'millrace.incident.resolved';
  return ends && key !== null && later.key?.equals(key) === true;
}
