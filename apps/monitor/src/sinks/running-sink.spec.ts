import { AppError, SystemClock } from '@millrace/core';
import { MemoryLog, type Faults } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { benchPlan } from '../testing/monitor-bench.ts';
import { RunningSink, type RunningSinkOptions } from './running-sink.ts';
import type { SinkObserver } from './sink-observer.ts';
import { SlackSink } from './slack-sink.ts';
import { AlertReceiver } from './testing/alert-receiver.ts';
import { alertRecordOf } from './testing/some-alert.ts';

const clock = new SystemClock();
const nothing = (): void => undefined;
const OBSERVER = { over: nothing, failed: nothing, gaveUp: nothing, unread: nothing, stopped: nothing };

describe('a running sink', () => {
  let plan: Plan;
  let log: MemoryLog;
  let receivers: AlertReceiver[];
  let running: RunningSink[];

  beforeEach(async () => {
    plan = await benchPlan('{}');
    log = new MemoryLog({ clock });
    await log.admin().create(topicSpecs(plan));
    receivers = [];
    running = [];
  });

  afterEach(async () => {
    for (const sink of running) await sink.close();
    for (const receiver of receivers) await receiver.close();
    await log.close();
  });

  async function receive(port = 0): Promise<AlertReceiver> {
    const receiver = await AlertReceiver.open(port);
    receivers.push(receiver);
    return receiver;
  }

  function run(
    receiver: AlertReceiver,
    name = 'slack',
    observer: Partial<SinkObserver> = {},
    other: Partial<RunningSinkOptions> = {},
  ): RunningSink {
    const sink = new SlackSink(receiver.url);
    const started = new RunningSink({
      name,
      sink,
      plan,
      log,
      clock,
      observer: { ...OBSERVER, ...observer },
      address: null,
      ...other,
    });
    running.push(started);
    return started;
  }

  const write = (...ids: readonly string[]): Promise<void> =>
    log.publisher().publish(ids.map((id) => alertRecordOf({ id })));
  const incidents = ({ posts }: AlertReceiver): (string | undefined)[] =>
    posts.map(({ body }) => /incident (\w+)/.exec(body)?.[1]);
  /** Resolves when so many alerts are acknowledged. */
  function acknowledged(many: number): { readonly observer: Partial<SinkObserver>; readonly all: Promise<void> } {
    const all = Promise.withResolvers<void>();
    let left = many;
    const over = (): void => {
      left -= 1;
      if (left === 0) all.resolve();
    };
    return { observer: { over }, all: all.promise };
  }

  it('tells what was written before it and what comes, in order', async () => {
    const receiver = await receive();
    await write('a', 'b');
    run(receiver);
    await receiver.until(2);
    await write('c');
    await receiver.until(3);
    expect(incidents(receiver)).toEqual(['a', 'b', 'c']);
  });

  it('goes on where it stood, when it comes back, and tells again only what was not acknowledged', async () => {
    const receiver = await receive();
    await write('a', 'b');
    const { observer, all } = acknowledged(2);
    const first = run(receiver, 'slack', observer);
    await all;
    receiver.answer = () => null;
    await write('c');
    await receiver.until(3);
    await first.close();
    receiver.answer = () => ({ status: 200 });
    await write('d');
    run(receiver);
    await receiver.until(5);
    expect(incidents(receiver)).toEqual(['a', 'b', 'c', 'c', 'd']);
  });

  it('tries again until the receiver is there, and keeps no other sink waiting meanwhile', async () => {
    const away = await receive();
    await away.close();
    const failed = Promise.withResolvers<void>();
    const there = await receive();
    run(away, 'away', { failed: () => failed.resolve() });
    run(there, 'there');
    await write('a', 'b');
    await Promise.all([failed.promise, there.until(2)]);
    const back = await receive(away.port);
    await back.until(2);
    expect([incidents(there), incidents(back)]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('shares a group with those of other instances: each alert is told by one', async () => {
    const receiver = await receive();
    const { observer, all } = acknowledged(4);
    run(receiver, 'slack', observer);
    run(receiver, 'slack', observer);
    await write('a', 'b', 'c');
    await receiver.until(3);
    await write('d');
    await all;
    expect(incidents(receiver)).toEqual(['a', 'b', 'c', 'd']);
  });

  /** Another log, which fails as scripted. */
  async function startLog(faults: Faults): Promise<void> {
    await log.close();
    log = new MemoryLog({ clock, faults });
    await log.admin().create(topicSpecs(plan));
  }

  it('says that alerts cannot be read for now, and goes on by itself', async () => {
    let fails = true;
    await startLog(() => {
      if (fails) throw new AppError('LOG_UNAVAILABLE', 'the broker is away');
    });
    const receiver = await receive();
    await write('a');
    const unread = Promise.withResolvers<string>();
    run(receiver, 'slack', { unread: unread.resolve });
    expect(await unread.promise).toContain('the broker is away');
    fails = false;
    await receiver.until(1);
    expect(incidents(receiver)).toEqual(['a']);
  });

  it('says why it cannot go on, and begins again after a minute', async () => {
    let refuses = true;
    await startLog((point) => {
      if (refuses && point === 'before-positions') throw new AppError('LOG_REFUSES', 'no commit');
    });
    const receiver = await receive();
    await write('a');
    const minute = Promise.withResolvers<void>();
    class MinuteClock extends SystemClock {
      override sleep(ms: number, signal?: AbortSignal): Promise<void> {
        return ms === 60_000 ? minute.promise : super.sleep(ms, signal);
      }
    }
    const stopped = Promise.withResolvers<readonly [string, number]>();
    run(receiver, 'slack', { stopped: (...why) => stopped.resolve(why) }, { clock: new MinuteClock() });
    expect(await stopped.promise).toEqual([expect.stringContaining('no commit'), 60_000]);
    refuses = false;
    minute.resolve();
    await receiver.until(1);
    expect(incidents(receiver)).toEqual(['a']);
  });
});
