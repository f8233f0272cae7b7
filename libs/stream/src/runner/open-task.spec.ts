import { partitionKey, type TopicPartition } from '@millrace/records';
import { expect, it } from 'vitest';

import type { RecordSource } from '../ports/record-source.ts';
import type { Stage, TaskState } from '../stage.ts';
import { openTask } from './open-task.ts';

const AT = { topic: 't', partition: 0 };

it('leaves nothing open where a state cannot be loaded', async () => {
  const open = new Set<string>();
  const load = (): Promise<void> => Promise.reject(new Error('no answer'));
  const stage: Partial<Stage> = {
    open: ([at]) => {
      open.add(partitionKey(at as TopicPartition));
      return { load } as unknown as TaskState;
    },
    close: ([at]) => void open.delete(partitionKey(at as TopicPartition)),
  };
  const source = { bounds: async () => new Map() } as unknown as RecordSource;
  const none = { committed: new Map(), from: undefined, hasRun: new Set<string>(), counts: new Map() };
  await expect(openTask('0/0', [AT], { stage: stage as Stage, source, ...none })).rejects.toThrow('no answer');
  expect(open).toEqual(new Set());
});
