import { AppError, messageOf } from '@millrace/core';

/** `PORT_IN_USE`, or `CONFIG_INVALID` where the address is not this machine's to use; `flag` chooses another port. */
export function cannotListen(error: unknown, host: string, port: number, flag: string): AppError {
  const message = messageOf(error);
  if (message.includes('EADDRINUSE'))
    return new AppError(
      'PORT_IN_USE',
      `something listens on ${host}:${port} already. Stop it, or choose other ports with ${flag} (0: free ones).`,
      { cause: error },
    );
  return new AppError(
    'CONFIG_INVALID',
    `cannot listen on ${host}:${port}: ${message}. Choose another --host or ${flag}.`,
    { cause: error },
  );
}
