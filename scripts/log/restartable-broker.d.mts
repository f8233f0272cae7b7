export interface BrokerLimits {
  /** No file may grow beyond this: a disk that is full. */
  readonly mostFileBytes?: number;
}

export interface BrokerPorts {
  readonly port: number;
  readonly controllerPort: number;
  readonly behindProxy: number;
  readonly proxyPort: number;
}

/** Free ones, all of so many brokers. */
export function portsOfBrokers(count: number): Promise<readonly BrokerPorts[]>;

export interface RestartableBrokerOptions extends BrokerLimits {
  readonly say?: (line: string) => void;
  /** Free ones, unless they are given. */
  readonly ports?: BrokerPorts;
  /** Added to `server.properties`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

export class RestartableBroker {
  static start(options?: RestartableBrokerOptions): Promise<RestartableBroker>;
  private constructor();
  /** Where it answers directly. */
  readonly brokers: string;
  /** The port of its second listener. */
  readonly behindProxy: number;
  /** The port that clients of the second listener are told to connect to. */
  readonly proxyPort: number;
  /** Again, on the same ports and data. */
  start(limits?: BrokerLimits): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  ended(): Promise<void>;
  remove(): Promise<void>;
}
