import { AppError, isAppError } from '@millrace/core';
import { PROBLEM_JSON, problemDocument } from '@millrace/platform';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { EventDoor } from './door/event-door.ts';

/** `POST /v1/events`: what it answers is in `docs/` and in `EventDoor`. */
@Controller('v1/events')
export class EventsController {
  readonly #door: EventDoor;

  constructor(door: EventDoor) {
    this.#door = door;
  }

  @Post()
  async accept(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accepted, errors } = await this.#answer(request, reply);
    if (errors.length === 0) return void reply.status(202).send({ accepted });
    const problem = problemDocument(
      new AppError(
        'EVENTS_REFUSED',
        `${errors.length} of ${accepted.length + errors.length} events were refused; see errors.`,
      ),
    );
    return void reply
      .status(problem.status)
      .type(PROBLEM_JSON)
      .send(JSON.stringify({ ...problem, accepted, errors }));
  }

  async #answer(request: FastifyRequest, reply: FastifyReply): ReturnType<EventDoor['accept']> {
    try {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      return await this.#door.accept({ body, headers: singleHeaders(request.headers) });
    } catch (error) {
      // RFC 6750 section 3, RFC 6585 section 4
      if (isAppError(error, 'UNAUTHORIZED')) void reply.header('www-authenticate', 'Bearer');
      if (isAppError(error, 'TOO_MANY_REQUESTS')) void reply.header('retry-after', '1');
      throw error;
    }
  }
}

/** Node joins what comes twice, except cookies, which nobody reads here. */
function singleHeaders(headers: FastifyRequest['headers']): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
