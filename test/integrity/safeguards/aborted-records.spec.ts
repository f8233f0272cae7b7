import { without } from '@millrace/kafka/testing';
import { describe, expect, it } from 'vitest';

import { Scene } from './scene.ts';

/** Of two transactions the one that began later is aborted first. */
async function overlapping(): Promise<readonly string[]> {
  const scene = await Scene.open();
  const [a, b] = [await scene.begin(), await scene.begin()];
  await a.send([scene.record('a, aborted')]);
  await b.send([scene.record('b, aborted')]);
  await b.end('abort');
  await a.send([scene.record('a, aborted too')]);
  await a.end('abort');
  await b.send([scene.record('b, committed')]);
  await b.end('commit');
  return scene.read(7);
}

/** A key that looks like an abort marker, and a transaction that is committed after one that was aborted. */
async function inTurn(): Promise<readonly string[]> {
  const scene = await Scene.open();
  const a = await scene.begin();
  await a.send([scene.record('aborted', Buffer.alloc(4)), scene.record('aborted as well')]);
  await a.end('abort');
  await a.send([scene.record('committed', Buffer.alloc(4))]);
  await a.end('commit');
  return scene.read(5);
}

async function committed(): Promise<readonly string[]> {
  const scene = await Scene.open();
  const a = await scene.begin();
  await a.send([scene.record('committed')]);
  await a.end('commit');
  return scene.read(2);
}

describe('aborted records', () => {
  it('are not read', async () => {
    expect(await overlapping()).toEqual(['b, committed']);
    expect(await inTurn()).toEqual(['committed']);
  });

  it('are read without the list of aborted transactions', async () => {
    expect(await without('aborted-records', inTurn)).toEqual(['aborted', 'aborted as well', 'committed']);
  });

  it('are read where transactions overlap, without ordering that list', async () => {
    const values = await without('aborted-order', overlapping);
    expect(values).toContain('a, aborted');
  });

  it('take what is committed after them along, and markers are read, without telling markers from records', async () => {
    expect(await without('control-records', inTurn)).toEqual([]);
    expect(await committed()).toEqual(['committed']);
    expect(await without('control-records', committed)).toHaveLength(2);
  });
});
