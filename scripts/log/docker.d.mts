/** The environment of Kafka's image; reached at `port` of this machine, and at `insideHost:29092` by other containers. */
export function brokerEnvironment(port: number, insideHost?: string): Record<string, string>;
