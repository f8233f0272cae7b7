import type { RestartableBroker, RestartableBrokerOptions } from './restartable-broker.mjs';

export class RestartableCluster {
  static start(options?: Pick<RestartableBrokerOptions, 'say' | 'settings'>): Promise<RestartableCluster>;
  private constructor();
  /** The broker with node id n is at n - 1. */
  readonly nodes: readonly RestartableBroker[];
  /** Addresses of all, joined by commas. */
  readonly brokers: string;
  remove(): Promise<void>;
}
