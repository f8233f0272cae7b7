import { NotFoundException } from '@nestjs/common';

import type { GrpcService } from './grpc-service.ts';

const NAME = 'grpc.health.v1.Health';

/** gRPC's own health protocol, for probes and load balancers: the process (``), and each of its services by name. */
export function healthService(services: readonly GrpcService[]): GrpcService {
  const known = new Set(['', NAME, ...services.map(({ name }) => name)]);
  return {
    proto: new URL('../../proto/health.proto', import.meta.url),
    name: NAME,
    methods: {
      Check: {
        probe: true,
        answer: (message, { health }) => {
          const { service } = message as { readonly service: string };
          if (!known.has(service))
            throw new NotFoundException(`there is no service ${service}; there are ${[...known].slice(1).join(', ')}.`);
          return { status: health.open().status === 'ok' ? 'SERVING' : 'NOT_SERVING' };
        },
      },
    },
  };
}
