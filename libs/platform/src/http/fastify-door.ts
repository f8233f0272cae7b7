import { FastifyAdapter } from '@nestjs/platform-fastify';

/** A batch of events may be larger than one event, and is bounded. */
const BODY_BYTES = 16 << 20;

/**
 * Fastify without its own logs. Bodies reach controllers as the bytes that were sent: what they mean, and what is wrong
 * with them, is the door's to say.
 */
export function fastifyDoor(): FastifyAdapter {
  const adapter = new FastifyAdapter({ bodyLimit: BODY_BYTES, forceCloseConnections: 'idle' });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return adapter;
}
