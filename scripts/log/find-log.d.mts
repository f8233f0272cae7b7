export type LogKind = 'external' | 'docker' | 'jars';

export interface FoundLog {
  readonly kind: LogKind;
  /** Addresses, joined by commas. */
  readonly brokers: string;
  /** Ends what was started and removes what it left; does nothing for a Kafka that was already there. */
  stop(): Promise<void>;
}

export interface FindLogOptions {
  /** In the order in which they are tried. */
  readonly kinds?: readonly LogKind[];
  readonly choice?: string;
  readonly say?: (line: string) => void;
}

export function findLog(options?: FindLogOptions): Promise<FoundLog>;
