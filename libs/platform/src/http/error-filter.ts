import { Catch, MethodNotAllowedException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError, type Observable } from 'rxjs';

import type { ServiceLogger } from '../logging/service-logger.ts';
import type { AllowedMethods } from './allowed-methods.ts';
import { errorFormatOf, type ErrorFormat } from './error-format.ts';
import { logFailure } from './log-failure.ts';
import { problemDocument } from './problem-document.ts';
import { retryAfterMs } from './retry-after.ts';

/**
 * What becomes of an error: for a door's client a problem document, or what the door's protocol has for it, for the stream the error itself, because the runner
 * decides by its code (Nest's own filter would replace it by "Internal server error").
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger: ServiceLogger;
  readonly #formats: readonly ErrorFormat[];
  readonly #allowed: AllowedMethods;

  constructor(logger: ServiceLogger, formats: readonly ErrorFormat[], allowed: AllowedMethods) {
    this.#logger = logger;
    this.#formats = formats;
    this.#allowed = allowed;
  }

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() !== 'http') return throwError(() => error);
    const http = host.switchToHttp();
    this.#answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return undefined;
  }

  #answer(found: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = request.is404 ? this.#notFound(found, request, reply) : found;
    const problem = problemDocument(error);
    logFailure(this.#logger, error, {
      method: request.method,
      path: request.url.split('?')[0],
      ...traceId(request),
    });
    const { contentType, body } = errorFormatOf(request.url, this.#formats);
    // RFC 6750 section 3, RFC 6585 section 4
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (problem.status === 429)
      void reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterMs(error) / 1000))));
    void reply
      .status(problem.status)
      .type(contentType)
      .send(JSON.stringify(body(problem)));
  }

  /** No route has been found: perhaps there is one for another method. */
  #notFound(error: unknown, { method, url }: FastifyRequest, reply: FastifyReply): unknown {
    const methods = this.#allowed.at(url);
    if (methods.length === 0) return error;
    const allow = methods.join(', ');
    void reply.header('allow', allow);
    return new MethodNotAllowedException(`found ${method}; allowed here are ${allow}.`);
  }
}

function traceId(request: FastifyRequest): { readonly trace_id?: string } {
  const id = String(request.headers['traceparent'] ?? '').split('-')[1];
  return id === undefined ? {} : { trace_id: id };
}
