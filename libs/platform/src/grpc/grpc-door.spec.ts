import { once } from 'node:events';
import { connect } from 'node:net';

import { SystemClock } from '@millrace/core';
import { expect, it } from 'vitest';

import { ServiceHealth } from '../health/service-health.ts';
import { BodyBudget } from '../http/body-budget.ts';
import { ApiKeys } from '../keys/api-keys.ts';
import { openLogs } from '../logging/open-logs.ts';
import { GrpcDoor } from './grpc-door.ts';

it('a gRPC door keeps no connection that gives no sign of life', async () => {
  const clock = new SystemClock();
  const parts = {
    clock,
    health: new ServiceHealth('scorer', []),
    budget: new BodyBudget(1),
    logger: openLogs('silent').service('scorer'),
  };
  const door = new GrpcDoor({ services: [], keys: new ApiKeys([], clock) }, parts, null, 100);
  const url = await door.open('127.0.0.1', 0);
  const socket = connect(Number(url.split(':').at(-1)), '127.0.0.1');
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
  expect(socket.bytesWritten).toBe(0);
  await door.close();
});
