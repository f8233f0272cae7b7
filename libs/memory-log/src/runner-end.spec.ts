import { AppError, SystemClock } from '@millrace/core';
import { StageRunner, type GroupMember, type MemberOptions } from '@millrace/stream';
import { TotalsStage } from '@millrace/stream/testing';
import { describe, expect, it } from 'vitest';

import { MemoryLog } from './memory-log.ts';

/** A log whose fetches fail for good, and whose members say when they leave. */
class FailingLog extends MemoryLog {
  readonly leaving = Promise.withResolvers<void>();
  readonly letGo = Promise.withResolvers<void>();

  override member(options: MemberOptions): GroupMember {
    const member = super.member(options);
    const leave = async (): Promise<void> => {
      this.leaving.resolve();
      await this.letGo.promise;
      await member.leave();
    };
    return { ...member, leave };
  }
}

describe('a runner that cannot go on', () => {
  it('is not ready from then on, and leaves the group before it rejects, a static member too', async () => {
    const faults = (point: string): void => {
      if (point === 'before-fetch') throw new AppError('STATE_GAP', 'scripted');
    };
    const log = new FailingLog({ clock: new SystemClock(), faults });
    const topics = ['in', 'out', 'dlq'].map((topic) => ({ topic, partitions: 1, replication: null, config: {} }));
    await log.admin().create(topics);
    const runner = new StageRunner({
      stage: new TotalsStage('in', 'out'),
      log,
      groupId: 'g',
      transactionalId: 't',
      instanceId: 'a',
      clock: new SystemClock(),
      dlq: { topic: 'dlq', partitions: 1 },
    });
    const ended = runner.run();
    ended.catch(() => undefined);
    await log.leaving.promise;
    expect(runner.status().joined).toBe(false);
    log.letGo.resolve();
    await expect(ended).rejects.toMatchObject({ code: 'STATE_GAP' });
  });
});
