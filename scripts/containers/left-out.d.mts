export interface LeftOut {
  readonly failed: number;
  readonly line: string | null;
}

export function leftOut(options: { readonly asked: boolean; readonly say?: (line: string) => void }): Promise<LeftOut>;
