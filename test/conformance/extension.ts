import { describe } from 'vitest';

import { target } from './target.ts';

/** Checks of an extension. Where the server's metadata do not list it, they are skipped, and the report says why. */
export function extension(name: string, checks: () => void): void {
  const { extensions, name: server, version } = target.server;
  const offered = extensions.includes(name);
  const title = offered ? `extension ${name}` : `extension ${name}: not offered by ${server} ${version}`;
  describe.runIf(offered)(title, () => {
    checks();
  });
}
