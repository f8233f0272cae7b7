import { ManualClock } from '@millrace/core/testing';
import type { InboundRecord } from '@millrace/records';
import type { InputPartition } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import type { AlertSink, Delivery } from './alert-sink.ts';
import type { Alert } from './alert.ts';
import { SinkStage } from './sink-stage.ts';
import { ALERTS, alertRecordOf, inbound } from './testing/some-alert.ts';

const MINUTE = 60_000;
const FAILED: Delivery = { outcome: 'failed', why: 'down' };

/** A sink that answers as it is told. */
class ScriptedSink implements AlertSink {
  readonly sent: Alert[] = [];
  answer: Delivery | ((signal: AbortSignal) => Promise<Delivery>) = { outcome: 'taken' };

  async send(alert: Alert, signal: AbortSignal): Promise<Delivery> {
    this.sent.push(alert);
    return typeof this.answer === 'function' ? this.answer(signal) : this.answer;
  }
}

describe('the stage of a sink', () => {
  let clock: ManualClock;
  let sink: ScriptedSink;
  let told: string[];
  let stop: AbortController;
  let stage: SinkStage;
  let queue: InboundRecord[];

  beforeEach(() => {
    clock = new ManualClock();
    sink = new ScriptedSink();
    told = [];
    stop = new AbortController();
    queue = [];
    const observer = {
      over: (incident: string, outcome: string) => void told.push(`${incident} ${outcome}`),
      failed: (_: string, why: string, againMs: number) => void told.push(`${why}, again after ${againMs}`),
      gaveUp: (incident: string, why: string) => void told.push(`${incident} given up: ${why}`),
      unread: () => undefined,
      stopped: () => undefined,
    };
    stage = new SinkStage({
      topic: ALERTS,
      sink,
      clock,
      observer,
      address: 'https://monitor.example/',
      signal: stop.signal,
    });
  });

  const add = (...ids: readonly string[]): void => {
    for (const id of ids) queue.push(inbound(alertRecordOf({ id }), queue.length, clock.now()));
  };

  /** A round, as the runner makes it; false where nothing is taken or the attempt fails. */
  async function round(): Promise<boolean> {
    const input: InputPartition = {
      topic: ALERTS,
      partition: 0,
      queued: queue,
      position: 0,
      lastStable: 0,
      idleSinceMs: null,
    };
    const taken = stage.take([input]);
    if (taken.length === 0) return false;
    try {
      await stage.process(taken);
      queue.splice(0, taken.length);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'SINK_FAILED', class: 'retry' });
      return false;
    }
  }

  it('tells one alert after the other', async () => {
    add('a', 'b');
    while (await round());
    expect(told).toEqual(['a told', 'b told']);
  });

  it('waits after a failure, longer after each, at most 5 minutes, and tells no later alert before', async () => {
    add('a', 'b');
    sink.answer = FAILED;
    const pauses: number[] = [];
    while (pauses.length < 12) {
      const from = clock.now();
      const tries = sink.sent.length;
      while (sink.sent.length === tries) {
        await round();
        clock.advance(100);
      }
      pauses.push(clock.now() - from);
    }
    expect(sink.sent.every(({ value }) => value.id === 'a')).toBe(true);
    for (const [i, pause] of pauses.slice(1).entries()) {
      expect(pause).toBeGreaterThanOrEqual(Math.min(5 * MINUTE, 1000 * 2 ** i) / 2);
      expect(pause).toBeLessThanOrEqual(Math.min(5 * MINUTE, 1000 * 2 ** i) + 200);
    }
    sink.answer = { outcome: 'taken' };
    clock.advance(5 * MINUTE);
    while (await round());
    expect(told.slice(-2)).toEqual(['a told', 'b told']);
  });

  it('waits as long as the sink asks for', async () => {
    add('a');
    sink.answer = { ...FAILED, afterMs: 90_000 };
    await round();
    clock.advance(89_999);
    await round();
    expect(sink.sent).toHaveLength(1);
    clock.advance(1);
    await round();
    expect(sink.sent).toHaveLength(2);
  });

  it('gives an alert up that was refused three times, and goes on', async () => {
    add('a', 'b');
    sink.answer = { outcome: 'refused', why: 'no' };
    for (let i = 0; i < 3; i++) {
      await round();
      clock.advance(MINUTE);
    }
    sink.answer = { outcome: 'taken' };
    await round();
    expect(told.filter((line) => !line.includes('again'))).toEqual(['a given up: no', 'b told']);
  });

  it('gives an alert up that could not be told for a day, not before, and not untried', async () => {
    add('a');
    sink.answer = FAILED;
    for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
      await round();
      clock.advance(5 * MINUTE);
    }
    expect(told.some((line) => line.includes('given up'))).toBe(false);
    clock.advance(5 * MINUTE);
    await round();
    expect(told.at(-1)).toBe('a given up: down');
    queue.push(inbound(alertRecordOf({ id: 'old' }), 1, clock.now() - 48 * 60 * MINUTE));
    clock.advance(5 * MINUTE);
    await round();
    expect(told.at(-1)).toMatch(/^down, again after/);
  });

  it('takes no answer for 10 s for a failure', async () => {
    add('a');
    sink.answer = (signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ outcome: 'failed', why: String(signal.reason) })),
      );
    const going = round();
    clock.advance(9999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(await going).toBe(false);
    expect(told[0]).toMatch(/has not answered for 10 s, again after/);
  });

  it('keeps what is silenced to itself', async () => {
    queue.push(inbound(alertRecordOf({ id: 'a', silenced: true })));
    await round();
    expect([sink.sent.length, told]).toEqual([0, ['a silenced']]);
  });

  it('knows that an incident is over when its end is waiting', async () => {
    add('a', 'b');
    queue.push(inbound(alertRecordOf({ id: 'b', event: 'resolved' }), 2));
    while (await round());
    expect(sink.sent.map(({ overSince }) => overSince)).toEqual([false, true, false]);
  });

  it('counts an attempt that the stop of the monitor ended as nobody’s failure', async () => {
    add('a');
    sink.answer = async () => {
      stop.abort();
      return FAILED;
    };
    expect(await round()).toBe(false);
    expect(told).toEqual([]);
  });
});
