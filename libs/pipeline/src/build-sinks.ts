import type { Path } from './pipeline-document.ts';
import type { SinkEntry } from './pipeline-file.ts';
import type { PlannedText, SinkPlan } from './plan.ts';
import { show, type Problems } from './problems.ts';

const KINDS = ['webhook', 'slack', 'alertmanager', 'smtp'] as const;
const SCHEMES: Readonly<Record<SinkPlan['kind'], readonly string[]>> = {
  webhook: ['http', 'https'],
  slack: ['http', 'https'],
  alertmanager: ['http', 'https'],
  smtp: ['smtp', 'smtps'],
};

/** Sinks of which everything is known but what `${NAME}` stands for: that is the monitor's to know. */
export function buildSinks(entries: readonly (SinkEntry | undefined)[], problems: Problems): readonly SinkPlan[] {
  const sinks: SinkPlan[] = [];
  for (const [index, entry] of entries.entries()) {
    const sink = entry && buildSink(entry, ['monitor', 'sinks', index], problems);
    if (!sink) continue;
    if (sinks.some(({ name }) => name === sink.name))
      problems.add(['monitor', 'sinks', index], {
        found: `a second sink named ${sink.name}`,
        allowed: 'each name once: give it a name of its own',
      });
    sinks.push(sink);
  }
  return sinks;
}

function buildSink(entry: SinkEntry, path: Path, problems: Problems): SinkPlan | null {
  const kinds = KINDS.filter((kind) => kind in entry);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    problems.add(path, { found: kinds.join(' and ') || 'no sink', allowed: `one of ${KINDS.join(', ')}` });
    return null;
  }
  const { name = kind } = entry;
  const text = (key: string, value = ''): PlannedText => ({
    text: value,
    place: problems.placeOf([...path, kind, key]),
  });
  const url = text('url', entry[kind]?.url);
  if (url.text !== '' && !url.text.includes('${')) checkUrl(url.text, kind, [...path, kind, 'url'], problems);
  switch (kind) {
    case 'webhook':
      return { name, kind, url, secret: text('secret', entry.webhook?.secret) };
    case 'smtp':
      return { name, kind, url, from: entry.smtp?.from ?? '', to: entry.smtp?.to ?? [] };
    case 'slack':
    case 'alertmanager':
      return { name, kind, url };
  }
}

function checkUrl(text: string, kind: SinkPlan['kind'], path: Path, problems: Problems): void {
  const allowed = allowedSinkUrl(text, kind);
  if (allowed !== null) problems.add(path, { found: show(text), allowed });
}

/** What a sink's URL may be, for messages; null where this is one. */
export function allowedSinkUrl(text: string, kind: SinkPlan['kind']): string | null {
  const url = URL.parse(text);
  const schemes = SCHEMES[kind];
  if (url && url.hostname !== '' && schemes.includes(url.protocol.slice(0, -1))) return null;
  return `a URL, ${schemes.map((scheme) => `${scheme}://…`).join(' or ')}`;
}
