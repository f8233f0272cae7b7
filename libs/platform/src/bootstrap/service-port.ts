import { SERVICE_NAMES, type ServiceName, type ServiceOptions } from './service-options.ts';

/** The last of the ports that follow from `--http` is so many behind it. */
export const PORTS_BEHIND = SERVICE_NAMES.length;

/**
 * ingest, feature, scorer and monitor take a port and the three behind it, whichever of them run; 0: any free one.
 *
 * @param grpcPort the gRPC door's; without it the next one behind those
 */
export function servicePorts(
  name: ServiceName,
  firstPort: number,
  grpcPort?: number,
): Required<Pick<ServiceOptions, 'port' | 'grpcPort'>> {
  const behind = (places: number): number => (firstPort === 0 ? 0 : firstPort + places);
  return { port: behind(SERVICE_NAMES.indexOf(name)), grpcPort: grpcPort ?? behind(PORTS_BEHIND) };
}
