import { ApiKeyGuard, FullKeyGuard, ServiceHealth } from '@millrace/platform';
import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { ApiErrors, ApiFlag, jsonAnswer } from './api-answers.ts';
import { SERVER_METADATA, STATISTICS } from './api-schemas.ts';
import { InferenceDoor } from './inference-door.ts';
import { serverMetadata } from './model-metadata.ts';

/** The server as a whole. Probes need no key. */
@Controller('v2')
export class ServerController {
  readonly #door: InferenceDoor;
  readonly #health: ServiceHealth;

  constructor(door: InferenceDoor, health: ServiceHealth) {
    this.#door = door;
    this.#health = health;
  }

  @Get()
  @UseGuards(ApiKeyGuard)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'What this server is' })
  @ApiResponse(jsonAnswer('Name, version and extensions', SERVER_METADATA))
  @ApiErrors(401, 429)
  metadata(): object {
    return serverMetadata();
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Whether the process is worth keeping' })
  @ApiFlag('live', { 200: 'It runs', 503: 'Its stage has failed for good' })
  live(@Res() reply: FastifyReply): void {
    const live = this.#health.live().status === 'ok';
    void reply.status(live ? 200 : 503).send({ live });
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether the model may be asked; what the stream does is in /health/ready' })
  @ApiFlag('ready', { 200: 'The model is loaded', 503: 'The service has failed or shuts down' })
  ready(@Res() reply: FastifyReply): void {
    const ready = this.#health.open().status === 'ok';
    void reply.status(ready ? 200 : 503).send({ ready });
  }

  @Get('models/stats')
  @UseGuards(FullKeyGuard)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'What all models have done' })
  @ApiResponse(jsonAnswer('Counts and durations', STATISTICS))
  @ApiErrors(401, 403, 429)
  statistics(): object {
    return this.#door.statistics();
  }
}
