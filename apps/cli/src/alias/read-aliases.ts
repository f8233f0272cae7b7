import type { Plan } from '@millrace/pipeline';
import { ALIAS_NOTE, type Alias, type AliasDecision, type AliasInForce } from '@millrace/records';
import { type Log, readLatest, readTopic } from '@millrace/stream';

/** What is known of the aliases of a pipeline's model. Null: it was never set. */
export interface AliasHistory extends Readonly<Record<Alias, AliasInForce | null>> {
  /** The oldest first. */
  readonly decisions: readonly AliasDecision[];
}

/** @throws AppError `TOPIC_MISSING` */
export async function readAliases(log: Log, { names, predict }: Plan, signal: AbortSignal): Promise<AliasHistory> {
  const decisions: AliasDecision[] = [];
  for await (const { value } of readTopic(log, { topic: names.decisions, from: 'beginning', until: 'end', signal })) {
    const entry = JSON.parse(String(value)) as AliasDecision;
    if (entry.decision === 'alias' && entry.model === predict.model) decisions.push(entry);
  }
  const source = log.source();
  const inForce = async (alias: Alias): Promise<AliasInForce | null> => {
    const note = await readLatest(source, names.control, ALIAS_NOTE.inForce(predict.model, alias));
    return note && (JSON.parse(note.toString('utf8')) as AliasInForce);
  };
  try {
    return { champion: await inForce('champion'), challenger: await inForce('challenger'), decisions };
  } finally {
    await source.close();
  }
}
