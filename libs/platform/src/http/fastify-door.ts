import type { IncomingMessage } from 'node:http';
import type { Server as TlsServer } from 'node:tls';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

import type { DoorCertificate } from '../tls/door-certificate.ts';
import type { AllowedMethods } from './allowed-methods.ts';
import { assertLocalName } from './assert-local-name.ts';
import { assertSameOrigin } from './assert-same-origin.ts';
import type { BodyBudget, BodyClaim } from './body-budget.ts';
import { readBody } from './read-body.ts';

/** What a client may take its time for, and how many there may be. */
export interface DoorLimits {
  /** From the connection, or the answer before, until all headers are there. */
  readonly headersMs: number;
  /** Until the body is there too. */
  readonly requestMs: number;
  readonly connections: number;
}

export interface DoorOptions {
  /** Null: what is said is not encrypted. */
  readonly certificate?: DoorCertificate | null;
  /** Whether it answers to names of this machine alone. */
  readonly isLocal?: boolean;
  readonly limits?: DoorLimits;
}

const LIMITS: DoorLimits = { headersMs: 10_000, requestMs: 60_000, connections: 1000 };
/** Of the request line and all headers together. */
const HEADER_BYTES = 16 << 10;
/** Answers are for programs, and for nobody else's pages: none is kept, guessed at, or shown as one that loads things. */
const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/**
 * Fastify without its own logs. Bodies reach controllers as the bytes that were sent: what they mean, and what is wrong
 * with them, is the door's to say.
 *
 * @param budget what bodies hold until they are answered
 * @param allowed gets to know the routes
 */
export function fastifyDoor(
  budget: BodyBudget,
  allowed: AllowedMethods,
  { certificate = null, isLocal = false, limits = LIMITS }: DoorOptions = {},
): FastifyAdapter {
  const options = {
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
    requestTimeout: limits.requestMs,
  } as const;
  const server = {
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: limits.headersMs / 10,
    maxHeaderSize: HEADER_BYTES,
  };
  const adapter = certificate
    ? new FastifyAdapter({ ...options, https: { ...server, ...certificate.current } })
    : new FastifyAdapter({ ...options, http: server });
  const fastify = adapter.getInstance();
  fastify.server.maxConnections = limits.connections;
  certificate?.renewed((renewed) => (fastify.server as unknown as TlsServer).setSecureContext({ ...renewed }));
  const claims = new WeakMap<IncomingMessage, BodyClaim>();
  fastify.addHook('onRoute', ({ url, method }) => allowed.add(url, method));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(ANSWER_HEADERS);
    assertSameOrigin(request.raw);
    if (isLocal) assertLocalName(request.raw);
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
