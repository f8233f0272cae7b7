export interface FoundLog {
  readonly kind: 'external' | 'docker' | 'jars';
  readonly brokers: string;
  stop(): Promise<void>;
}

export function findLog(options?: {
  readonly kinds?: readonly string[];
  readonly choice?: string;
  readonly say?: (line: string) => void;
}): Promise<FoundLog>;
