import { cloudEventHeaders, type InboundRecord, type OutboundRecord } from '@millrace/records';

import { readAlert, type Alert, type AlertValue } from '../alert.ts';

export const ALERTS = 'bench.alerts';

/** A record of `<p>.alerts`, as the monitor writes it. */
export function alertRecordOf(value: Partial<AlertValue> = {}): OutboundRecord {
  const group = '1/champion/2013-12-09T05:00:00Z';
  const { id = `${group}/outputs.p`, event = 'opened' } = value;
  const whole: AlertValue = {
    id,
    signal: 'outputs.p',
    model: 'm',
    version: '1',
    variant: 'champion',
    event,
    severity: 'warning',
    opened_at: '2013-12-09T05:00:00Z',
    onset: '2013-11-11T05:00:00Z',
    effect: 0.33412,
    floor: 0.1,
    rows: 6440,
    moved: [{ bin: '(0.36397213935852063, +inf)', from: 0.1, to: 0.25 }],
    window: { start: '2013-12-02T05:00:00Z', end: '2013-12-09T05:00:00Z' },
    links: { page: 'monitor#signal=outputs.p' },
    ...value,
  };
  const number = { opened: 1, worsened: 2, reminded: 3, resolved: 4 }[event];
  const headers = cloudEventHeaders({
    type: `millrace.incident.${event}`,
    source: '/millrace/bench',
    id: `${id}/${number}`,
    atMs: Date.parse(whole.window.end),
  });
  return { topic: ALERTS, partition: 0, key: id, value: JSON.stringify(whole), headers };
}

export function inbound(record: OutboundRecord, offset = 0, timestamp = 0): InboundRecord {
  const { topic, partition, key, value, headers = [] } = record;
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: Buffer.from(key as string),
    value: Buffer.from(value as string),
    headers,
  };
}

/** An alert that is told at once. */
export function someAlert(
  value: Partial<AlertValue> = {},
  ahead: readonly OutboundRecord[] = [],
  address: string | null = null,
): Alert {
  return readAlert(inbound(alertRecordOf(value)), { ahead: ahead.map((record) => inbound(record)), nowMs: 0, address });
}
