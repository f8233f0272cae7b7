import { without } from '@millrace/kafka/testing';
import { describe, expect, it } from 'vitest';

import { changeAnswers } from '../broker-sockets.ts';
import { readCommitted } from '../test-log.ts';
import { Scene } from './scene.ts';

/** The connection breaks when the broker has the record and its acknowledgement is under way. */
async function acknowledgementLost(): Promise<readonly string[]> {
  const scene = await Scene.open();
  const publisher = scene.log.publisher();
  await publisher.publish([scene.record('first')]); // opens the connections
  let cuts = 0;
  changeAnswers(() => {
    cuts++;
    return null;
  });
  await publisher.publish([scene.record('second')]);
  expect(cuts).toBe(1);
  return (await readCommitted(scene.log, scene.at)).map(({ value }) => String(value));
}

describe('a record whose acknowledgement was lost', () => {
  it('is written once', async () => {
    expect(await acknowledgementLost()).toEqual(['first', 'second']);
  });

  it('is written twice without sequence numbers', async () => {
    expect(await without('sequence-numbers', acknowledgementLost)).toEqual(['first', 'second', 'second']);
  });
});
