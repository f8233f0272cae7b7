import type { LaunchOptions } from 'playwright-core';

export function findBrowser(options?: {
  readonly say?: (line: string) => void;
}): Promise<LaunchOptions & { readonly executablePath: string }>;
