import { describe, expect, it, vi } from 'vitest';

import { kafkajsModule, kafkajsModuleWith } from './kafkajs-module.ts';
import { FRAME_MODULE, frameInOneAllocation, stockFrame } from './one-allocation-request.ts';
import { requestQueuePrototype, type RequestQueue } from './request-queue-timer.ts';

/** A copy that nobody has patched, whatever was imported before. */
const stockSchedule = kafkajsModuleWith<{ prototype: RequestQueue }>('network/requestQueue', {
  path: FRAME_MODULE,
  exports: stockFrame,
}).prototype.scheduleCheckPendingRequests;
await import('./index.ts');

describe('the frame of a request', () => {
  const given = {
    correlationId: 77,
    clientId: 'millräce',
    request: {
      apiKey: 28,
      apiVersion: 3,
      encode: async () =>
        new (kafkajsModule<new () => { writeString(text: string): { buffer: Buffer } }>(
          'protocol/encoder.js',
        ))().writeString('body'),
    },
  };

  it('is byte for byte the one of kafkajs', async () => {
    expect((await frameInOneAllocation(given)).buffer).toEqual(Buffer.from((await stockFrame(given)).buffer));
  });

  const bodyAt = async (headroom: number, memory: Buffer) => {
    const { buffer: body } = await given.request.encode();
    body.copy(memory, headroom);
    const encode = async () => ({ buffer: memory.subarray(headroom, headroom + body.length) });
    return frameInOneAllocation({ ...given, request: { ...given.request, encode, headroom } });
  };

  it('goes in front of a body that leaves room for it, without a copy', async () => {
    const memory = Buffer.alloc(100);
    const { buffer } = await bodyAt(80, memory);
    expect(buffer).toEqual(Buffer.from((await stockFrame(given)).buffer));
    expect(buffer.buffer).toBe(memory.buffer);
  });

  it('is copied where the room in front of the body is too small', async () => {
    const memory = Buffer.alloc(100, 7);
    const { buffer } = await bodyAt(20, memory);
    expect(buffer).toEqual(Buffer.from((await stockFrame(given)).buffer));
    expect(memory.subarray(0, 20)).toEqual(Buffer.alloc(20, 7));
  });

  it('is in a copy of our own of what sends it, whatever was loaded before, and in nobody else’s', () => {
    const theirs = kafkajsModule('network/connection.js');
    const ours = kafkajsModuleWith('network/connection.js', { path: FRAME_MODULE, exports: frameInOneAllocation });
    expect(ours).not.toBe(theirs);
    expect(kafkajsModule('network/connection.js')).toBe(theirs);
    expect(kafkajsModule(FRAME_MODULE)).toBe(stockFrame);
  });
});

describe('the timer of the request queue', () => {
  const queue = (pending: readonly unknown[], throttledUntil: number): RequestQueue => ({
    pending,
    throttledUntil,
    throttleCheckTimeoutId: null,
    checkPendingRequests: () => undefined,
    scheduleCheckPendingRequests: requestQueuePrototype.scheduleCheckPendingRequests,
  });
  const armed = (schedule: () => void, on: RequestQueue): number | null => {
    const arming = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(1 as never);
    schedule.call(on);
    const [call] = arming.mock.calls;
    arming.mockRestore();
    return call ? Number(call[1]) : null;
  };

  it('stays off while nothing is held back; kafkajs arms it with a negative delay', () => {
    expect(armed(stockSchedule, queue([], -1))).toBeLessThan(0);
    expect(armed(requestQueuePrototype.scheduleCheckPendingRequests, queue([], -1))).toBeNull();
  });

  it('wakes what is held back when the broker no longer throttles', () => {
    expect(
      armed(requestQueuePrototype.scheduleCheckPendingRequests, queue(['waiting'], Date.now() + 500)),
    ).toBeGreaterThan(400);
    expect(armed(requestQueuePrototype.scheduleCheckPendingRequests, queue(['waiting'], -1))).toBe(10);
  });
});
