import type { TestProject } from 'vitest/node';

import { findHelm } from '../../scripts/chart/find-helm.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The command. */
    helm: string;
    /** An interpreter with the package kubernetes-validate. */
    python: string;
  }
}

export default async function provideHelm(project: TestProject): Promise<void> {
  const { helm, python } = await findHelm({ say: (line) => console.log(line) });
  project.provide('helm', helm);
  project.provide('python', python);
}
