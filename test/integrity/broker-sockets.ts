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
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string | symbol, ...args: unknown[]): boolean => {
      if (event !== 'data') return emit(event, ...args);
      const changed = change(args[0] as Buffer);
      if (changed !== null) return emit(event, changed);
      socket.destroy(new Error('cut'));
      return true;
    };
  }
}
