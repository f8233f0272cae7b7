import type { OpenAPIObject } from '@nestjs/swagger';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Adds to each operation the parameters that are in its path: controllers may take them as one object, unseen. */
export function withPathParameters(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path' as const,
      required: true,
      schema: { type: 'string' },
    }));
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) operation.parameters = [...(operation.parameters ?? []), ...parameters];
    }
  }
  return document;
}
