import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { SERVICE_NAMES, servicePorts } from '@millrace/platform';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { problemOf, selectorsOf } from './metric-selectors.ts';
import { ALERTS, RECORDED, RECORDINGS } from './prometheus-rules.ts';
import { promtool } from './promtool.ts';

const run = promisify(execFile);
const program = await promtool();
const runbooks = readFileSync('docs/runbooks/README.md', 'utf8');

describe('the rules for Prometheus', () => {
  it.each([...ALERTS, ...RECORDINGS].map((rule) => ['alert' in rule ? rule.alert : rule.record, rule.expr]))(
    'of %s ask for metrics of the catalogue, by labels that they have',
    (_, expr) => {
      const selectors = selectorsOf(expr);
      expect(selectors.length).toBeGreaterThan(0);
      expect(selectors.map((selector) => problemOf(selector, RECORDED)).filter((problem) => problem !== null)).toEqual(
        [],
      );
    },
  );

  it.each(ALERTS.map(({ alert, ...rule }) => [alert, rule] as const))(
    'of %s have a severity, a summary, and a runbook that says it by name and is listed',
    (alert, { labels, annotations }) => {
      expect(labels['severity']).toMatch(/^(page|ticket)$/);
      expect(annotations['summary']).toBeTruthy();
      const runbook = annotations['runbook_url'] ?? '';
      expect(readFileSync(runbook, 'utf8')).toContain(`\`${alert}\``);
      expect(runbooks).toMatch(new RegExp(`\`${alert}\`.*\\(${runbook.split('/').at(-1)}\\)`));
    },
  );

  it('each have a test in which they fire and one in which they do not', () => {
    const tests = globSync('deploy/prometheus/tests/*.test.yml').flatMap(
      (file) =>
        (
          parse(readFileSync(file, 'utf8')) as {
            tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
          }
        ).tests,
    );
    const cases = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    for (const { alert } of ALERTS) {
      const fires = cases.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts.length > 0);
      expect([alert, new Set(fires)]).toEqual([alert, new Set([true, false])]);
    }
  });

  it('are for the services at the ports that they have', () => {
    const config = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as {
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
    };
    const scraped = config.scrape_configs.map(({ job_name, dns_sd_configs: [service] }) => [
      job_name,
      service?.names,
      service?.port,
    ]);
    expect(scraped).toEqual(SERVICE_NAMES.map((name) => [name, [name], servicePorts(name, 8080).port]));
  });
});

describe(`promtool${program === null ? ', which is not here and cannot be fetched (Debian: prometheus): NOT RUN' : ''}`, () => {
  let said: (args: readonly string[]) => Promise<string>;

  beforeAll(() => {
    said = async (args) => {
      const { stdout } = await run(program ?? '', args).catch((error: { stdout?: string }) => ({
        stdout: `failed: ${error.stdout ?? String(error)}`,
      }));
      return stdout;
    };
  });

  it.skipIf(program === null)('takes the configuration and its rules', async () => {
    const output = await said(['check', 'config', 'deploy/prometheus/prometheus.yml']);
    expect(output).not.toMatch(/fail/i);
    expect(output).toContain(`${globSync('deploy/prometheus/rules/*.yml').length} rule files found`);
  });

  it.skipIf(program === null)('finds each alert firing when it must, and only then', async () => {
    const files = globSync('deploy/prometheus/tests/*.test.yml');
    expect(files.length).toBeGreaterThan(0);
    const output = await said(['test', 'rules', ...files]);
    expect(output).not.toMatch(/fail/i);
    expect(output.match(/SUCCESS/g)).toHaveLength(files.length);
  });
});
