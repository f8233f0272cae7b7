import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';

import { MetricsPage, PROMETHEUS_TEXT } from './metrics-page.ts';

@Controller('metrics')
export class MetricsController {
  readonly #page: MetricsPage;

  constructor(page: MetricsPage) {
    this.#page = page;
  }

  @Get()
  @Header('content-type', PROMETHEUS_TEXT)
  @ApiOperation({ summary: 'Metrics for Prometheus' })
  @ApiResponse({ status: 200, description: 'All of them', content: { 'text/plain': { schema: { type: 'string' } } } })
  metrics(): Promise<string> {
    return this.#page.text();
  }
}
