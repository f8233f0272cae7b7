import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError, type Observable } from 'rxjs';

import type { ServiceLogger } from '../logging/service-logger.ts';
import { PROBLEM_JSON, problemDocument } from './problem-document.ts';

/**
 * What becomes of an error: for a door's client a problem document, for the stream the error itself, because the runner
 * decides by its code (Nest's own filter would replace it by "Internal server error").
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger: ServiceLogger;

  constructor(logger: ServiceLogger) {
    this.#logger = logger;
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
    void reply.status(problem.status).type(PROBLEM_JSON).send(JSON.stringify(problem));
  }
}

function traceId(request: FastifyRequest): { readonly trace_id?: string } {
  const id = String(request.headers['traceparent'] ?? '').split('-')[1];
  return id === undefined ? {} : { trace_id: id };
}
