import { FastifyAdapter } from '@nestjs/platform-fastify';

/** The largest body of a request: a batch of events or tensors may be larger than one, and is bounded. */
export const BODY_BYTES = 16 << 20;

/**
 * Fastify without its own logs. Bodies reach controllers as the bytes that were sent: what they mean, and what is wrong
 * with them, is the door's to say.
 */
export function fastifyDoor(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_BYTES,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return adapter;
}
