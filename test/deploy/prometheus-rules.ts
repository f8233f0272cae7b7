import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

const FOLDER = 'deploy/prometheus/rules';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (AlertRule | RecordingRule)[] }[];
}

const RULES = readdirSync(FOLDER).flatMap((file) => {
  const { groups } = parse(readFileSync(join(FOLDER, file), 'utf8')) as RuleFile;
  return groups.flatMap(({ rules }) => rules);
});

export const ALERTS: readonly AlertRule[] = RULES.filter((rule) => 'alert' in rule);
export const RECORDINGS: readonly RecordingRule[] = RULES.filter((rule) => 'record' in rule);
/** What they record. */
export const RECORDED: ReadonlySet<string> = new Set(RECORDINGS.map(({ record }) => record));
