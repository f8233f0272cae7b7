import { ManualClock } from '@millrace/core/testing';
import type { RunnerStatus } from '@millrace/stream';
import { describe, expect, it } from 'vitest';

import { runnerHealth } from './runner-health.ts';
import { ServiceHealth } from './service-health.ts';

const GOOD: RunnerStatus = { joined: true, assigned: 4, restoring: 0, lastCommitAgeMs: 10, lagRecords: 0, lags: [] };

function healthOf(status: Partial<RunnerStatus>): { readonly health: ServiceHealth; readonly clock: ManualClock } {
  const clock = new ManualClock();
  return {
    health: new ServiceHealth(
      'scorer',
      runnerHealth(() => ({ ...GOOD, ...status }), clock),
    ),
    clock,
  };
}

const failing = (health: ServiceHealth): string[] =>
  health.ready().checks.flatMap(({ name, ok }) => (ok ? [] : [name]));

describe('ServiceHealth', () => {
  it('is ready when the group is joined, the state restored and the last commit fresh', () => {
    expect(healthOf({}).health.ready()).toMatchObject({ status: 'ok', service: 'scorer' });
  });

  it.each([
    ['group', { joined: false }],
    ['state', { restoring: 2 }],
  ])('is not ready without %s, though its doors are open', (name, status) => {
    expect(failing(healthOf(status).health)).toEqual([name]);
    expect(healthOf(status).health.open().status).toBe('ok');
  });

  it('is not ready when records wait and nothing was committed for a minute', () => {
    const { health, clock } = healthOf({ lagRecords: 5, lastCommitAgeMs: null });
    clock.advance(59_000);
    expect(failing(health)).toEqual([]);
    clock.advance(1_000);
    expect(failing(health)).toEqual(['commits']);
  });

  it('stays ready when work comes after a long rest', () => {
    const clock = new ManualClock();
    let status: RunnerStatus = { ...GOOD, lastCommitAgeMs: 3_600_000 };
    const health = new ServiceHealth(
      'scorer',
      runnerHealth(() => status, clock),
    );
    clock.advance(3_600_000);
    expect(failing(health)).toEqual([]);
    status = { ...status, lagRecords: 1 };
    expect(failing(health)).toEqual([]);
  });

  it('is neither live nor ready once its stage has failed', () => {
    const { health } = healthOf({});
    health.failed('The log no longer has what the state is made of');
    expect(health.live().status).toBe('unavailable');
    expect(failing(health)).toEqual(['running']);
  });

  it('is live, but takes no more work, while it shuts down', () => {
    const { health } = healthOf({});
    health.stopping();
    expect(health.live().status).toBe('ok');
    expect(health.open().status).toBe('unavailable');
    expect(failing(health)).toEqual(['open']);
  });
});
