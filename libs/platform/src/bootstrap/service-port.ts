import { SERVICE_NAMES, type ServiceName } from './service-options.ts';

/** ingest, feature, scorer and monitor take a port and the three behind it, whichever of them run; 0: any free one. */
export function servicePort(name: ServiceName, firstPort: number): number {
  return firstPort === 0 ? 0 : firstPort + SERVICE_NAMES.indexOf(name);
}
