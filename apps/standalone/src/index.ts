/** The four services in one process. */
export { startServices, type StartServicesOptions } from './start-services.ts';
