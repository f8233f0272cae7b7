import type { Plan } from './plan.ts';
import { sensitiveFieldOf } from './published-features.ts';
import { formatDuration } from './quantity.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is allowed and probably not meant, a sentence each. */
export function planWarnings(plan: Plan): readonly string[] {
  return [...calendarWarnings(plan), ...sensitiveWarnings(plan), ...retentionWarnings(plan), ...outcomeWarnings(plan)];
}

/** A window shorter than the cycle of a feature differs from the reference in every window, unless that is of the same hours. */
function calendarWarnings(plan: Plan): readonly string[] {
  const { window, seasonal } = plan.monitor;
  const { everyMs } = window;
  if (everyMs === null) return [];
  return plan.vector.flatMap((feature) => {
    if (feature.kind !== 'value') return [];
    const cycleMs = seasonal ? cycleInHour(feature.expression.source) : cycleOf(feature.expression.source);
    if (everyMs >= cycleMs) return [];
    const advice = seasonal ? '' : ' monitor.seasonal compares each window with the same hours of the week.';
    return [
      `${feature.name} follows the calendar, and monitor.window.every (${formatDuration(everyMs)}) is shorter than its cycle (${formatDuration(cycleMs)}): it will differ from the reference in every window.${advice}`,
    ];
  });
}

function cycleOf(expression: string): number {
  if (/\bweekday\s*\(/.test(expression)) return 7 * DAY_MS;
  return /\b(hour|minute)\s*\(/.test(expression) ? DAY_MS : 0;
}

/** An hour of the week is compared as a whole. */
function cycleInHour(expression: string): number {
  return /\bminute\s*\(/.test(expression) ? HOUR_MS : 0;
}

function sensitiveWarnings({ vector, outcome, limits, predict }: Plan): readonly string[] {
  const features = predict.includeFeatures ? vector : [];
  const leftOut = features.flatMap((feature) => {
    const field = sensitiveFieldOf(feature, limits.sensitive);
    return field === null
      ? []
      : [`${feature.name} is made of the sensitive field ${field}: predictions and examples leave it out.`];
  });
  const field = outcome && sensitiveFieldOf({ kind: 'label', source: outcome.label.source }, limits.sensitive);
  if (field === null) return leftOut;
  return [...leftOut, `outcome.label is made of the sensitive field ${field} and is published all the same.`];
}

function retentionWarnings(plan: Plan): readonly string[] {
  return [
    `${plan.names.events} keeps records for ${formatDuration(plan.topics.retentionMs)} by their timestamps: publish old data with the wall clock as timestamp (event time is in the payload), or it is deleted soon.`,
  ];
}

function outcomeWarnings(plan: Plan): readonly string[] {
  return plan.outcome === null
    ? ['There is no outcome: nothing is written to the examples topic, and quality cannot be measured.']
    : [];
}
