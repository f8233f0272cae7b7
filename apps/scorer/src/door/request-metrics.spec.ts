import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { MetricRegistry } from '@millrace/platform';
import { beforeEach, describe, expect, it } from 'vitest';

import { scriptedDoor, scriptedModel } from '../testing/scripted-door.ts';
import type { InferenceDoor } from './inference-door.ts';

describe('RequestMetrics', () => {
  let clock: ManualClock;
  let registry: MetricRegistry;
  let door: InferenceDoor;

  beforeEach(() => {
    clock = new ManualClock();
    registry = new MetricRegistry();
    door = scriptedDoor(scriptedModel(), clock, registry);
  });

  /** The values of a metric, each behind its attributes. */
  function read(of: string): readonly (readonly unknown[])[] {
    const found = registry.families().find(({ name }) => name === of);
    return (found?.points ?? []).map(({ labels, value }) => [
      ...Object.values(labels),
      ...(typeof value === 'number' ? [value] : [value.count, value.sum]),
    ]);
  }
  const ask = (source: 'rest' | 'grpc', name: string, answer: () => Promise<unknown>): Promise<unknown> =>
    door.infer(name, undefined, { source, deadlineMs: Infinity, signal: new AbortController().signal }, answer);

  it('count requests by door, model and how they ended, and how long they took', async () => {
    await ask('grpc', 'model', async () => clock.advance(30));
    await ask('grpc', 'model', async () => undefined);
    await ask('rest', 'model', () => Promise.reject(new AppError('OVERLOADED', 'too much'))).catch(() => undefined);
    await ask('rest', 'model', () => Promise.reject(new TypeError('a bug'))).catch(() => undefined);
    expect(read('millrace_scorer_requests_total')).toEqual([
      ['rest', 'model', 'OK', 0],
      ['grpc', 'model', 'OK', 2],
      ['rest', 'model', 'OVERLOADED', 1],
      ['rest', 'model', 'UNFORESEEN', 1],
    ]);
    expect(read('millrace_scorer_request_seconds')).toEqual([
      ['rest', 'model', 2, 0],
      ['grpc', 'model', 2, 0.03],
    ]);
  });

  it('have no label of a model that there is not: anybody could make any', async () => {
    await ask('rest', 'nobody', async () => undefined).catch(() => undefined);
    expect(read('millrace_scorer_requests_total')).toContainEqual(['rest', '', 'MODEL_NOT_FOUND', 1]);
    expect(read('millrace_scorer_request_seconds')).toContainEqual(['rest', '', 1, 0]);
  });
});
