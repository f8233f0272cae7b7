export interface LeftOut {
  readonly failed: number;
  readonly line: string | null;
}

export function leftOut(
  find: (options: { readonly say: (line: string) => void }) => Promise<unknown>,
  options: { readonly asked: boolean; readonly say?: (line: string) => void },
): Promise<LeftOut>;
