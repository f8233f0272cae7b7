/** A key that opens the doors, as `MILLRACE_API_KEYS` has it. */
export interface ApiKey {
  /** Null: it has none. */
  readonly name: string | null;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  /** The key itself, for a command that sends it; null: only its hash is known. */
  readonly secret: string | null;
  /** Null: it may do everything. */
  readonly rights: KeyRights | null;
  /** Requests; null: as many as there are. */
  readonly mostPerSecond: number | null;
}

export interface KeyRights {
  /** Event types that it may send. */
  readonly events: readonly string[];
  /** Models that it may ask. */
  readonly models: readonly string[];
}
