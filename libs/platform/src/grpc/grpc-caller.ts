import type { Deadline, ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import type { Clock } from '@millrace/core';

/** How long a client waits, as far as it says. */
export function deadlineMs(deadline: Deadline, clock: Clock): number {
  return Number(deadline) - clock.now();
}

/** Aborts when the client cancels or is gone. That its deadline has passed is known already to whoever waits for it. */
export function cancelled(
  call: ServerUnaryCall<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  clock: Clock,
): AbortSignal {
  const gone = new AbortController();
  call.on('cancelled', () => {
    if (deadlineMs(call.getDeadline(), clock) > 0) gone.abort();
  });
  return gone.signal;
}
