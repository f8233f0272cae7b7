import { MonitorView } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { type Log, readTopic } from '@millrace/stream';

/**
 * What the monitor of a pipeline has committed so far.
 *
 * @throws AppError `TOPIC_MISSING`
 */
export async function readView(log: Log, { names, featureSet }: Plan, signal: AbortSignal): Promise<MonitorView> {
  const view = new MonitorView(featureSet);
  const whole = { from: 'beginning', until: 'end', signal } as const;
  for await (const { key, value } of readTopic(log, { ...whole, topic: names.ledger }))
    view.applyLedger(String(key), value);
  for await (const { value } of readTopic(log, { ...whole, topic: names.alerts })) if (value) view.applyAlert(value);
  return view;
}
