import { ApiProblems, FullKeyGuard } from '@millrace/platform';
import { Controller, Get, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ACKNOWLEDGEMENT, ANSWER, NOTED, SILENCE } from './api-document.ts';
import { MonitorDoor } from './monitor-door.ts';

const TEXT = { required: false, type: String } as const;

/** `/v1/monitor`: what the monitor has committed, from its topics, and what people say of incidents. See `docs/monitoring.md`. */
@Controller('v1/monitor')
@UseGuards(FullKeyGuard)
@ApiBearerAuth()
export class MonitorApiController {
  readonly #door: MonitorDoor;

  constructor(door: MonitorDoor) {
    this.#door = door;
  }

  @Get()
  @ApiOperation({ summary: 'What is watched, and how it stands' })
  @ApiResponse(ANSWER)
  @ApiProblems([401, 403, 429])
  overview(): Promise<object> {
    return this.#door.overview();
  }

  @Get('signals')
  @ApiOperation({ summary: 'Reference of each signal, and the newest window or the one that ends so' })
  @ApiQuery({ name: 'version', ...TEXT })
  @ApiQuery({ name: 'variant', ...TEXT })
  @ApiQuery({ name: 'end', ...TEXT })
  @ApiResponse(ANSWER)
  @ApiProblems([400, 401, 403, 404, 429])
  signals(
    @Query('version') version?: string,
    @Query('variant') variant?: string,
    @Query('end') end?: string,
  ): Promise<object> {
    return this.#door.signals({ version, variant, end });
  }

  @Get('series')
  @ApiOperation({ summary: 'Closed windows by column, for charts' })
  @ApiQuery({ name: 'version', ...TEXT })
  @ApiQuery({ name: 'variant', ...TEXT })
  @ApiResponse(ANSWER)
  @ApiProblems([401, 403, 404, 429])
  series(@Query('version') version?: string, @Query('variant') variant?: string): Promise<object> {
    return this.#door.series({ version, variant });
  }

  @Get('windows')
  @ApiOperation({ summary: 'Closed windows, the newest 500 of each stream' })
  @ApiQuery({ name: 'version', ...TEXT })
  @ApiQuery({ name: 'variant', ...TEXT })
  @ApiQuery({ name: 'subject', ...TEXT })
  @ApiQuery({ name: 'signal', ...TEXT })
  @ApiResponse(ANSWER)
  @ApiProblems([401, 403, 404, 429])
  windows(
    @Query('version') version?: string,
    @Query('variant') variant?: string,
    @Query('subject') subject?: string,
    @Query('signal') signal?: string,
  ): Promise<object> {
    return this.#door.windows({ version, variant, subject, signal });
  }

  @Get('incidents')
  @ApiOperation({ summary: 'The newest 1000 incidents; with id one, and all that was told of it' })
  @ApiQuery({ name: 'id', ...TEXT })
  @ApiQuery({ name: 'state', ...TEXT, enum: ['open', 'resolved'] })
  @ApiResponse(ANSWER)
  @ApiProblems([400, 401, 403, 404, 429])
  incidents(@Query('id') id?: string, @Query('state') state?: string): Promise<object> {
    return id === undefined ? this.#door.incidents(state) : this.#door.incident(id);
  }

  @Post('acknowledgements')
  @ApiOperation({ summary: 'Somebody knows of an incident: it is not reminded of any more' })
  @ApiBody(ACKNOWLEDGEMENT)
  @ApiResponse(NOTED)
  @ApiProblems([400, 401, 403, 404, 429, 503])
  async acknowledge(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.status(202).send(await this.#door.acknowledge(bodyOf(request)));
  }

  @Post('silences')
  @ApiOperation({ summary: 'Nobody is told of a signal for a while' })
  @ApiBody(SILENCE)
  @ApiResponse(NOTED)
  @ApiProblems([400, 401, 403, 422, 429, 503])
  async silence(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.status(202).send(await this.#door.silence(bodyOf(request)));
  }
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
