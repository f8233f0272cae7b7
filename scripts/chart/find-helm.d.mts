export function findHelm(options: {
  readonly say: (line: string) => void;
  /** Where what is fetched is kept. */
  readonly folder?: string;
}): Promise<{
  /** The command. */
  readonly helm: string;
  /** An interpreter with the package kubernetes-validate. */
  readonly python: string;
}>;
