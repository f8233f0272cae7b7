import { detectResources, envDetector, resourceFromAttributes, type Resource } from '@opentelemetry/resources';

/** Who a service is: by its own name, and what `OTEL_RESOURCE_ATTRIBUTES` says besides. */
export function serviceResource(service: string): Resource {
  return detectResources({ detectors: [envDetector] }).merge(resourceFromAttributes({ 'service.name': service }));
}
