export function findHelm(options: { readonly say: (line: string) => void }): Promise<{
  /** The command. */
  readonly helm: string;
  /** An interpreter with the package kubernetes-validate. */
  readonly python: string;
}>;
