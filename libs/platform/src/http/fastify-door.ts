import type { IncomingMessage } from 'node:http';
import type { Server as TlsServer } from 'node:tls';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

import type { DoorCertificate } from '../tls/door-certificate.ts';
import type { AllowedMethods } from './allowed-methods.ts';
import type { BodyBudget, BodyClaim } from './body-budget.ts';
import { readBody } from './read-body.ts';

const OPTIONS = { forceCloseConnections: 'idle', routerOptions: { ignoreTrailingSlash: true } } as const;

/**
 * Fastify without its own logs. Bodies reach controllers as the bytes that were sent: what they mean, and what is wrong
 * with them, is the door's to say.
 *
 * @param budget what bodies hold until they are answered
 * @param allowed gets to know the routes
 * @param certificate null: what is said is not encrypted
 */
export function fastifyDoor(
  budget: BodyBudget,
  allowed: AllowedMethods,
  certificate: DoorCertificate | null = null,
): FastifyAdapter {
  const adapter = certificate
    ? new FastifyAdapter({ ...OPTIONS, https: { ...certificate.current } })
    : new FastifyAdapter(OPTIONS);
  const fastify = adapter.getInstance();
  certificate?.renewed((renewed) => (fastify.server as unknown as TlsServer).setSecureContext({ ...renewed }));
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
