import type { IncomingMessage } from 'node:http';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

import type { AllowedMethods } from './allowed-methods.ts';
import type { BodyBudget, BodyClaim } from './body-budget.ts';
import { readBody } from './read-body.ts';

/**
 * Fastify without its own logs. Bodies reach controllers as the bytes that were sent: what they mean, and what is wrong
 * with them, is the door's to say.
 *
 * @param budget what bodies hold until they are answered
 * @param allowed gets to know the routes
 */
export function fastifyDoor(budget: BodyBudget, allowed: AllowedMethods): FastifyAdapter {
  const adapter = new FastifyAdapter({ forceCloseConnections: 'idle', routerOptions: { ignoreTrailingSlash: true } });
  const fastify = adapter.getInstance();
  const claims = new WeakMap<IncomingMessage, BodyClaim>();
  fastify.addHook('onRoute', ({ url, method }) => allowed.add(url, method));
  fastify.addHook('onRequest', (request, reply, done) => {
    const claim = budget.claim();
    claims.set(request.raw, claim);
    reply.raw.once('close', () => claim.release());
    done();
  });
  fastify.removeAllContentTypeParsers();
  const parse = ({ raw }: FastifyRequest): Promise<Buffer> => readBody(raw, claims.get(raw) as BodyClaim);
  fastify.addContentTypeParser('*', parse);
  return adapter;
}
