import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

import { withPathParameters } from './path-parameters.ts';

/** `/openapi.json`: what this service's doors are. */
export function serveOpenApi(app: INestApplication, service: string): void {
  const description = new DocumentBuilder()
    .setTitle(`Millrace ${service}`)
    .setVersion('1')
    .addBearerAuth({ type: 'http', description: 'One of MILLRACE_API_KEYS; none, where that is not set' })
    .build();
  SwaggerModule.setup('docs', app, () => withPathParameters(SwaggerModule.createDocument(app, description)), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
}
