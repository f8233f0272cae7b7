import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { expose, expositionFor } from './exposition.ts';
import { MetricRegistry } from './metric-registry.ts';

const TEXT = { schema: { type: 'string' } } as const;

@Controller('metrics')
export class MetricsController {
  readonly #registry: MetricRegistry;

  constructor(registry: MetricRegistry) {
    this.#registry = registry;
  }

  @Get()
  @ApiOperation({ summary: 'Metrics for Prometheus' })
  @ApiResponse({
    status: 200,
    description: 'All of them; as OpenMetrics, with exemplars, for who accepts that',
    content: { 'text/plain': TEXT, 'application/openmetrics-text': TEXT },
  })
  metrics(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): void {
    const exposition = expositionFor(accept);
    void reply.type(exposition.contentType).send(expose(this.#registry.families(), exposition));
  }
}
