import { Socket } from 'node:net';

import { brokers } from './test-log.ts';

/** Every connection of this process to the broker. */
export function brokerSockets(): readonly Socket[] {
  const ports = brokers().map((address) => Number(address.split(':').at(-1)));
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  return handles.filter(
    (handle): handle is Socket => handle instanceof Socket && ports.includes(handle.remotePort ?? 0),
  );
}

/** Passes what arrives from the broker on these connections through `change`; null cuts the connection instead. */
export function changeAnswers(change: (bytes: Buffer) => Buffer | null): void {
  for (const socket of brokerSockets()) {
    const push = socket.push.bind(socket);
    socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (!Buffer.isBuffer(chunk)) return push(chunk, encoding);
      const changed = change(chunk);
      if (changed !== null) return push(changed, encoding);
      socket.destroy(new Error('cut'));
      return false;
    };
  }
}
