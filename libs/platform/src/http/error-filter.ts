import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError, type Observable } from 'rxjs';

import type { ServiceLogger } from '../logging/service-logger.ts';
import { errorFormatOf, type ErrorFormat } from './error-format.ts';
import { problemDocument } from './problem-document.ts';

/**
 * What becomes of an error: for a door's client a problem document, or what the door's protocol has for it, for the stream the error itself, because the runner
 * decides by its code (Nest's own filter would replace it by "Internal server error").
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger: ServiceLogger;
  readonly #formats: readonly ErrorFormat[];

  constructor(logger: ServiceLogger, formats: readonly ErrorFormat[]) {
    this.#logger = logger;
    this.#formats = formats;
  }

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() !== 'http') return throwError(() => error);
    const http = host.switchToHttp();
    this.#answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return undefined;
  }

  #answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = problemDocument(error);
    if (problem.status >= 500) {
      const fields = { method: request.method, path: request.url.split('?')[0], ...traceId(request) };
      if (problem.code === undefined) this.#logger.error(error, fields);
      else this.#logger.warn(problem.detail ?? problem.title, { ...fields, code: problem.code });
    }
    const { contentType, body } = errorFormatOf(request.url, this.#formats);
    // RFC 6750 section 3, RFC 6585 section 4
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (problem.status === 429) void reply.header('retry-after', String(retryAfterSeconds(error)));
    void reply
      .status(problem.status)
      .type(contentType)
      .send(JSON.stringify(body(problem)));
  }
}

/** What the error advises, else a second. */
function retryAfterSeconds(error: unknown): number {
  const ms = (error as { readonly retryAfterMs?: unknown }).retryAfterMs;
  return typeof ms === 'number' ? Math.max(1, Math.ceil(ms / 1000)) : 1;
}

function traceId(request: FastifyRequest): { readonly trace_id?: string } {
  const id = String(request.headers['traceparent'] ?? '').split('-')[1];
  return id === undefined ? {} : { trace_id: id };
}
