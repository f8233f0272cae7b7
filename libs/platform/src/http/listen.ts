import type { AddressInfo } from 'node:net';

import { AppError, messageOf } from '@millrace/core';
import type { FastifyInstance } from 'fastify';

/**
 * Opens the door.
 *
 * @returns its URL
 * @throws AppError `PORT_IN_USE`; `CONFIG_INVALID` where the address is not this machine's to use
 */
export async function listen(fastify: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await fastify.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new AppError(
        'PORT_IN_USE',
        `something listens on ${host}:${port} already. Stop it, or choose other ports with --http (0: free ones).`,
        { cause: error },
      );
    }
    throw new AppError(
      'CONFIG_INVALID',
      `cannot listen on ${host}:${port}: ${messageOf(error)}. Choose another --host or --http.`,
      { cause: error },
    );
  }
  const { port: bound } = fastify.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}
