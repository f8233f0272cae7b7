import { AppError } from '@millrace/core';
import { ApiProblems, PROBLEM_JSON, problemDocument } from '@millrace/platform';
import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ACCEPTED_ANSWER, EVENTS_BODY, REFUSED_EVENTS } from './door/api-document.ts';
import { EventDoor } from './door/event-door.ts';

/** `POST /v1/events`: what it answers is in `docs/` and in `EventDoor`. */
@Controller('v1/events')
@ApiBearerAuth()
export class EventsController {
  readonly #door: EventDoor;

  constructor(door: EventDoor) {
    this.#door = door;
  }

  @Post()
  @ApiOperation({ summary: 'Takes events; answered once the log has them', requestBody: EVENTS_BODY })
  @ApiResponse(ACCEPTED_ANSWER)
  @ApiProblems([400, 401, 403, 413, 415, 429, 503])
  @ApiProblems([422], REFUSED_EVENTS)
  async accept(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accepted, errors } = await this.#answer(request);
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

  #answer(request: FastifyRequest): ReturnType<EventDoor['accept']> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return this.#door.accept({ body, headers: singleHeaders(request.headers) });
  }
}

/** Node joins what comes twice, except cookies, which nobody reads here. */
function singleHeaders(headers: FastifyRequest['headers']): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
