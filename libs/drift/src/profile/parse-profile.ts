import { AppError, messageOf } from '@millrace/core';

import { hoursProblem } from './hours-problem.ts';
import { PROFILE_FORMAT, type ReferenceProfile } from './reference-profile.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a `profile.json`.
 *
 * @param source where the text comes from, for the message
 * @throws AppError `PROFILE_INVALID`, naming what does not fit
 */
export function parseProfile(text: string, source: string): ReferenceProfile {
  const refuse = (found: string): never => {
    throw new AppError('PROFILE_INVALID', `${source}: ${found}. Make it again with \`millrace model profile\`.`);
  };
  const profile = parsed(text, refuse);
  if (profile['format'] !== PROFILE_FORMAT)
    refuse(`format is ${JSON.stringify(profile['format'])}, expected ${PROFILE_FORMAT}`);
  for (const name of ['model', 'version']) if (typeof profile[name] !== 'string') refuse(`${name} is no text`);
  if (!isCount(profile['rows']) || profile['rows'] === 0) refuse('rows is no positive integer');
  for (const list of ['features', 'outputs']) {
    const signals = profile[list];
    if (!Array.isArray(signals)) return refuse(`${list} is no list`);
    signals.forEach((signal: unknown, i) => {
      const problem = signalProblem(signal, profile['rows'] as number);
      if (problem) refuse(`${list}[${i}] ${problem}`);
    });
  }
  if (!isPerformance(profile['performance'])) refuse('performance is neither null nor what the model was worth');
  if (!isImportance(profile['importance'])) refuse('importance is no table of numbers from 0 to 1 by feature');
  if (!isOwn(profile['own'])) refuse('own is neither null nor the windows of the reference');
  const read = profile as unknown as ReferenceProfile;
  const problem = read.hours === undefined ? null : hoursProblem(read, isFields(read.hours) ? read.hours : {});
  if (problem) refuse(problem);
  return read;
}

function parsed(text: string, refuse: (found: string) => never): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : refuse('it is no JSON object');
  } catch (error) {
    if (error instanceof AppError) throw error;
    return refuse(`it is no JSON (${messageOf(error)})`);
  }
}

/** What is wrong with one signal; null when it can be used. */
function signalProblem(signal: unknown, rows: number): string | null {
  if (!isFields(signal) || typeof signal['name'] !== 'string') return 'has no name';
  const numeric = signal['kind'] === 'numeric';
  if (!numeric && signal['kind'] !== 'categorical') return `(${signal['name']}) is neither numeric nor categorical`;
  const places = numeric ? signal['edges'] : signal['values'];
  const specials = (numeric ? ['missing', 'non_finite'] : ['other', 'unseen', 'missing']).map((name) => signal[name]);
  const { counts, means } = signal;
  if (
    means !== undefined &&
    !(isNumbers(means) && [0, (counts as unknown[] | undefined)?.length].includes(means.length))
  )
    return `(${signal['name']}) has means that do not fit its counts`;
  if (!isNumbers(places) || !isNumbers(counts) || !specials.every(isCount) || !counts.every(isCount))
    return `(${signal['name']}) has malformed bins`;
  if (!numeric && !Array.isArray(signal['categories'])) return `(${signal['name']}) has no categories`;
  if (
    ['min', 'max', 'mean', 'sd'].some(
      (name) => ![null, undefined].includes(signal[name] as null) && !Number.isFinite(signal[name]),
    )
  )
    return `(${signal['name']}) has statistics that are no numbers`;
  if (counts.length !== places.length + (numeric ? 1 : 0))
    return `(${signal['name']}) has ${counts.length} counts for ${places.length} places`;
  if (numeric && places.some((edge, i) => i > 0 && edge <= (places[i - 1] as number)))
    return `(${signal['name']}) has edges that do not rise`;
  const sum = [...counts, ...specials].reduce((all, count) => all + count, 0);
  return sum === rows ? null : `(${signal['name']}) counts ${sum} rows, the profile ${rows}`;
}

function isOwn(own: unknown): boolean {
  if (own === null) return true;
  if (!isFields(own) || !isNumbers(own['windows']) || !isFields(own['psi'])) return false;
  const { length } = own['windows'];
  return Object.values(own['psi']).every((values) => isNumbers(values) && values.length === length);
}

function isImportance(importance: unknown): boolean {
  if (importance === undefined) return true;
  return (
    isFields(importance) &&
    Object.values(importance).every((value) => typeof value === 'number' && value >= 0 && value <= 1)
  );
}

function isPerformance(performance: unknown): boolean {
  if (performance === null || performance === undefined) return true;
  if (!isFields(performance) || !isCount(performance['rows']) || !isCount(performance['errors'])) return false;
  const { rows, errors, threshold, calibration } = performance;
  if ((errors as number) > (rows as number) || typeof threshold !== 'number') return false;
  if (calibration === null) return true;
  if (!isFields(calibration)) return false;
  const { scores, probabilities } = calibration;
  return isNumbers(scores) && isNumbers(probabilities) && scores.length === probabilities.length;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
