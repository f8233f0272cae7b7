export interface Audited {
  /** A line for each package. */
  readonly found: readonly string[];
  /** Why the registry did not say; null: it did. */
  readonly why: string | null;
}

export function audit(folder: string, env?: NodeJS.ProcessEnv): Promise<Audited>;
