import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recordedContext } from '../../testing/recorded-context.ts';
import { writeReport, type ReportFlags } from './write-report.ts';

const PIPELINE = fileURLToPath(new URL('../../../../../examples/flights/pipeline.yaml', import.meta.url));
const GROUP = '1/champion/2026-03-09T00:00:00Z';
const ID = `${GROUP}/x`;

const ALERT = {
  id: ID,
  group: GROUP,
  signal: 'x',
  model: 'm',
  version: '1',
  variant: 'champion',
  feature_set: 'abc',
  severity: 'warning',
  opened_at: '2026-03-09T00:00:00Z',
  onset: '2026-03-02T00:00:00Z',
  floor: 0.1,
  psi: 0.4,
  null_quantile: 0.02,
  rows: 6440,
  moved: [
    { bin: '(0.5, +inf)', from: 0.1, to: 0.25 },
    { bin: '<script>|', from: 0.4, to: 0.3 },
  ],
};
const told = (event: string, end: string, effect: number, more: object = {}): object => ({
  ...ALERT,
  event,
  effect,
  window: { start: '', end },
  ...more,
});

describe('millrace monitor report', () => {
  let plan: Plan;
  let log: MemoryLog;
  let folder: string;

  beforeEach(async () => {
    plan = await recordedContext().loadPlan(PIPELINE);
    log = new MemoryLog({ clock: new SystemClock() });
    await log.admin().create(topicSpecs(plan));
    folder = await mkdtemp(join(tmpdir(), 'millrace-'));
    await alerts(
      told('opened', '2026-03-09T00:00:00Z', 0.33333),
      told('opened', '2026-03-09T00:00:00Z', 0.2, { id: `${GROUP}/y`, signal: 'y', severity: 'info' }),
      told('opened', '2026-03-16T00:00:00Z', 0.2, { id: 'z', group: 'another', signal: 'z' }),
      told('worsened', '2026-03-16T00:00:00Z', 1.5),
      told('resolved', '2026-04-06T00:00:00Z', 0.01, { acknowledged: { by: 'ada', at: '2026-03-10T09:00:00Z' } }),
    );
  });

  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true });
  });

  const alerts = (...values: readonly object[]): Promise<void> =>
    log
      .publisher()
      .publish(
        values.map((value) => ({ topic: plan.names.alerts, partition: 0, key: null, value: JSON.stringify(value) })),
      );

  /** Closed windows of a week each, from 2 February on, as the ledger keeps them. */
  const windows = (count: number): Promise<void> =>
    log.publisher().publish(
      Array.from({ length: count }, (_, i) => {
        const at = (week: number): string =>
          new Date(Date.UTC(2026, 1, 2 + 7 * week)).toISOString().replace('.000', '');
        const signal = { state: 'ok', floor: 0.1, psi: (i + 1) / 100, null_quantile: 0.02 };
        const value = {
          subject: 'rows',
          version: '1',
          variant: 'champion',
          start: at(i),
          end: at(i + 1),
          rows: 100 + i,
          judged: true,
          signals: { x: signal },
          counts: [],
        };
        return {
          topic: plan.names.ledger,
          partition: 0,
          key: `monitor/${plan.featureSet}/window/rows/1/champion/${i}`,
          value: JSON.stringify(value),
        };
      }),
    );

  async function report(flags: ReportFlags = {}, id = ID): Promise<string> {
    const context = recordedContext();
    await writeReport(log, plan, id, flags, context);
    return flags.out === undefined ? context.out() : readFile(flags.out, 'utf8');
  }
  const figures = (markdown: string): string[] =>
    [...markdown.matchAll(/data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)\)/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );

  it('drafts a post-mortem: facts, timeline, what opened with it, where to look, and what is for people to write', async () => {
    const text = await report();
    expect(text).toMatch(/^# Post-mortem \(draft\): x of m 1\n\n## Summary\n/);
    for (const row of [
      `| incident | ${ID} |`,
      '| changed since (onset) | 2026-03-02T00:00:00Z |',
      '| resolved | 2026-04-06T00:00:00Z |',
      '| acknowledged | by ada, 2026-03-10T09:00:00Z |',
      '| largest effect told | 1.5 (floor 0.1) |',
      '| 2026-03-02T00:00:00Z | onset |  |  |  |',
      '| 2026-03-09T00:00:00Z | opened | 0.333 | 0.4 | 6440 |',
      '| 2026-03-16T00:00:00Z | worsened | 1.5 | 0.4 | 6440 |',
      '| y | info | 0.2 | open |',
    ])
      expect(text).toContain(`\n${row}\n`);
    expect(text).not.toContain('| z |');
    expect(text.match(/^\(to be written\)$/gm)).toHaveLength(4);
    expect(text).toContain(`/v1/monitor/incidents?id=${encodeURIComponent(ID)}`);
  });

  it('counts the predictions of all windows from the onset to the end, where the ledger has them', async () => {
    expect(await report()).toContain(
      '| predictions affected | 19,320 in the 3 windows with an alert (the log holds no others) |',
    );
    await windows(12);
    // weeks 4 to 8: from 2 March to 6 April
    expect(await report()).toContain('| predictions affected | 530 in 5 windows since the onset |');
  });

  it('plots the PSI of the windows before and during the incident, and no others', async () => {
    await windows(12);
    const [psi = ''] = figures(await report());
    expect(psi).toContain(
      'aria-label="PSI of 9 windows from 2026-02-09T00:00:00Z to 2026-04-06T00:00:00Z, at most 0.09; the incident opened at 2026-03-09T00:00:00Z"',
    );
    expect(psi.match(/<circle /g)).toHaveLength(9);
  });

  it('plots what the alerts tell, where the ledger has no windows, and which bins moved', async () => {
    const [psi = '', moved = ''] = figures(await report());
    expect(psi.match(/<circle /g)).toHaveLength(3);
    expect(moved).toContain('>(0.5, +inf)</text>');
    expect(moved).toContain('>25 %</text>');
    const alone = figures(await report({}, `${GROUP}/y`));
    expect([psi, moved, ...alone].join('')).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('is one page of HTML that fetches nothing, for a file named so', async () => {
    const page = await report({ out: join(folder, 'report.html') });
    expect(page).toMatch(/^<!doctype html>/);
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<script|<link|@import/);
    expect(page).toContain('&lt;script&gt;|');
    expect(await report({ format: 'html' })).toBe(page);
    expect(await report({ format: 'md', out: join(folder, 'report.html') })).toMatch(/^# /);
  });

  it('names the example and the trace that an alert has', async () => {
    await alerts({
      ...told('opened', '2026-05-04T00:00:00Z', 0.3),
      id: 'skewed',
      signal: 'skew.x',
      example: 'id 7',
      links: { page: 'monitor#', trace: '0af7651916cd43dd8448eb211c80319c' },
    });
    const markdown = await report({}, 'skewed');
    expect(markdown).toContain('For example id 7. ');
    expect(markdown).toContain('| trace of a prediction of the window | 0af7651916cd43dd8448eb211c80319c |');
  });

  it('leaves no mark-up of a name in Markdown', async () => {
    expect(await report()).toContain('| \\<script\\>\\| | 40 % | 30 % |');
  });

  it('says which incident there is none of, and which file cannot be written', async () => {
    const { out: nowhere } = { out: join(folder, 'none', 'report.md') };
    await expect(report({ out: nowhere })).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    const missing = writeReport(log, plan, 'no', {}, recordedContext());
    await expect(missing).rejects.toMatchObject({ code: 'INCIDENT_NOT_FOUND' });
  });
});
