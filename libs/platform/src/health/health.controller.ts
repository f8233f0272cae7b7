import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { HealthReport } from './health-check.ts';
import { ServiceHealth } from './service-health.ts';

const TEXT = { type: 'string' } as const;
const CHECK = {
  type: 'object',
  properties: { name: TEXT, ok: { type: 'boolean' }, detail: TEXT },
  required: ['name', 'ok'],
};
const REPORT = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['ok', 'unavailable'] },
    service: TEXT,
    checks: { type: 'array', items: CHECK } as const,
  },
  required: ['status', 'service', 'checks'],
};
const CONTENT = { 'application/json': { schema: REPORT } };

@Controller('health')
export class HealthController {
  readonly #health: ServiceHealth;

  constructor(health: ServiceHealth) {
    this.#health = health;
  }

  @Get('live')
  @ApiOperation({ summary: 'Whether the process is worth keeping' })
  @ApiResponse({ status: 200, description: 'It runs', content: CONTENT })
  @ApiResponse({ status: 503, description: 'Its stage has failed for good', content: CONTENT })
  live(@Res() reply: FastifyReply): void {
    answer(reply, this.#health.live());
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether it may be sent work, and what is missing' })
  @ApiResponse({
    status: 200,
    description: 'Group joined, state restored, commits fresh, model loaded',
    content: CONTENT,
  })
  @ApiResponse({ status: 503, description: 'Something is missing; the body says what', content: CONTENT })
  ready(@Res() reply: FastifyReply): void {
    answer(reply, this.#health.ready());
  }
}

function answer(reply: FastifyReply, report: HealthReport): void {
  void reply.status(report.status === 'ok' ? 200 : 503).send(report);
}
