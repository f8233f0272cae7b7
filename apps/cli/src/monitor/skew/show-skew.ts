import { AppError } from '@millrace/core';
import { skewOf, type FeatureSkew, type SkewedValue, type SkewReport } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';
import { rfc3339 } from '@millrace/records';
import { readTopic, type Log } from '@millrace/stream';

import { printJson, printLine, type CliContext } from '../../context.ts';

export interface SkewFlags {
  readonly share: number;
  /** Event times, epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** The share of vectors that may differ. */
  readonly allow: number;
  readonly json?: boolean;
}

/**
 * Says which features were served otherwise than they are computed offline.
 *
 * @throws AppError `SKEW_FOUND` where more vectors differ than are allowed
 */
export async function showSkew(log: Log, plan: Plan, flags: SkewFlags, context: CliContext): Promise<void> {
  const { share, from = -Infinity, to = Infinity, allow } = flags;
  const read = (topic: string, since: number) =>
    readTopic(log, {
      topic,
      from: Number.isFinite(since) ? { since } : 'beginning',
      until: 'end',
      signal: context.signal,
    });
  const report = await skewOf({ read }, plan, { share, from, to });
  if (flags.json === true) printJson(context, jsonOf(report, share));
  else printLine(context, linesOf(report, share).join('\n'));
  if (report.skewed <= allow * report.compared) return;
  const names = report.features.filter(({ first }) => first !== null).map(({ feature }) => feature);
  throw new AppError(
    'SKEW_FOUND',
    `${report.skewed} of ${report.compared} vectors were served with other values than their events give, ${allow} of them may be: ${names.join(', ')}.`,
  );
}

function linesOf(report: SkewReport, share: number): readonly string[] {
  const { predictions, compared, skewed, beyondLog, notFound, features } = report;
  const left = [
    ...(beyondLog > 0 ? [`${beyondLog} left out: their windows reach back before what the log holds`] : []),
    ...(notFound > 0 ? [`${notFound} left out: their event is not in the log, or would be a dead letter`] : []),
  ];
  return [
    `${predictions} predictions in a sample of ${share}, ${compared} computed again, ${skewed} differ`,
    ...left,
    ...features.flatMap((feature) => (feature.first ? featureLine(feature, feature.first) : [])),
  ];
}

function featureLine({ feature, rows, mismatch, missing, extra }: FeatureSkew, first: SkewedValue): string {
  const rates = Object.entries({ mismatch, missing, extra })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${percent(count / rows)}`);
  const { id, at, served, recomputed } = first;
  return `  skew.${feature}: ${rates.join(', ')}; first ${id} of ${rfc3339(at)}: served ${shown(served)}, computed ${shown(recomputed)}`;
}

function jsonOf({ features, beyondLog, notFound, ...report }: SkewReport, share: number): object {
  return {
    share,
    ...report,
    beyond_log: beyondLog,
    not_found: notFound,
    features: Object.fromEntries(features.map(({ feature, ...skew }) => [feature, featureJson(skew)])),
  };
}

/** NaN is written `null`. */
function featureJson({ rows, mismatch, missing, extra, first }: Omit<FeatureSkew, 'feature'>): object {
  const rate = (count: number): number => (rows === 0 ? 0 : count / rows);
  return { mismatch: rate(mismatch), missing: rate(missing), extra: rate(extra), first };
}

function shown(value: number): string {
  return Number.isNaN(value) ? 'nothing' : String(value);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
