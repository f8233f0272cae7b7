/** An event of a file. */
export interface EventLine {
  readonly type: string;
  /** Without `type`. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Where it stands in the file, from 1. */
  readonly line: number;
  /** The JSON as it stands in the file, where it does. */
  readonly raw?: string;
}
