import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import type { FastifyInstance } from 'fastify';

import { cannotListen } from './cannot-listen.ts';

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
    throw cannotListen(error, host, port, '--http');
  }
  const { port: bound } = fastify.server.address() as AddressInfo;
  const scheme = fastify.server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}
