import type { LaunchOptions } from 'playwright-core';
import type { TestProject } from 'vitest/node';

import { findBrowser } from '../../scripts/browser/find-browser.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** How a browser is started, in JSON. */
    browser: LaunchOptions;
  }
}

/** A browser for all tests of pages. */
export default async function provideBrowser(project: TestProject): Promise<void> {
  project.provide('browser', await findBrowser({ say: (line) => console.log(line) }));
}
