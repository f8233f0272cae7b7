import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces } from '@nestjs/swagger';

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
  @ApiProduces('text/plain')
  metrics(): Promise<string> {
    return this.#page.text();
  }
}
