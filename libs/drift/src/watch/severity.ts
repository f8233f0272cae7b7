/** `info`: look; `warning`: answers may be wrong; `critical`: they are. */
export type Severity = 'info' | 'warning' | 'critical';

/** An input counts as important from this importance on, where importances add up to 1. */
const IMPORTANT = 0.1;

/**
 * How bad an incident is, by its signal: `critical` where performance falls, estimated or realised; `warning` on an output,
 * an important input or dead letters; else `info`.
 *
 * ```ts
 * ['wind_speed', 'outputs.probability', 'performance.error_rate'].map((name) => severityOf(name)); // ['info', 'warning', 'critical']
 * ```
 */
export function severityOf(signal: string, importance = 0): Severity {
  if (/^(performance|estimate)\./.test(signal)) return 'critical';
  return signal.startsWith('outputs.') || /^dead_letters(\.|$)/.test(signal) || importance >= IMPORTANT
    ? 'warning'
    : 'info';
}
