export function findEngine(options?: { readonly say?: (line: string) => void }): Promise<void>;
