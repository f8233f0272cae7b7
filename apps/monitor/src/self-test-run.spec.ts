import type { ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { MetricRegistry } from '@millrace/platform';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { addSelfTestGauges } from './self-test-metrics.ts';
import { SelfTestRun } from './self-test-run.ts';
import { benchProfile } from './testing/bench-traffic.ts';
import { benchPlan } from './testing/monitor-bench.ts';

describe('the self-test at start', () => {
  let plan: Plan;

  beforeAll(async () => {
    plan = await benchPlan('{ window: { every: 1h, min_rows: 400 } }');
  });

  function start(profile: ReferenceProfile) {
    const failures: unknown[] = [];
    const run = new SelfTestRun(profile, plan.monitor, (error) => failures.push(error));
    onTestFinished(() => run.stop());
    const registry = new MetricRegistry();
    addSelfTestGauges(registry, run);
    const read = (): Record<string, unknown> => {
      const points = registry
        .families()
        .flatMap(({ name, points }) => points.map(({ labels, value }) => [`${name} ${labels['change'] ?? ''}`, value]));
      return Object.fromEntries(points) as Record<string, unknown>;
    };
    return { run, read, failures };
  }

  it('is told by gauges once it is over, and nobody waits for it', async () => {
    const { run, read, failures } = start(benchProfile(plan));
    expect(read()).toEqual({});
    await run.over;
    expect(failures).toEqual([]);
    const found = read();
    expect(found['millrace_monitor_self_test_false_per_1000_windows ']).toBeLessThan(5);
    expect(found['millrace_monitor_self_test_delay_windows shift_0.5_sd']).toBe(2);
    expect(found['millrace_monitor_self_test_found_share shift_0.5_sd']).toBe(1);
    expect(found['millrace_monitor_self_test_found_share shift_0.1_sd']).toBeLessThan(1);
    const [missing, unseen] = ['missing_5_percent', 'unseen_2_percent'].map(
      (change) => found[`millrace_monitor_self_test_delay_windows ${change}`],
    );
    const { planted } = run.report as NonNullable<typeof run.report>;
    expect([missing, unseen]).toEqual(
      ['missing', 'unseen'].map((kind) => planted.find(({ change }) => change.kind === kind)?.medianWindows),
    );
  });

  it('leaves the service alone where it fails', async () => {
    const { run, read, failures } = start({ ...benchProfile(plan), features: [], outputs: [null] } as never);
    await run.over;
    expect(failures).toHaveLength(1);
    expect(read()).toEqual({});
  });
});
