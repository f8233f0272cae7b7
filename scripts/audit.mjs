import { execFile } from 'node:child_process';

import { npmCommand } from './npm-command.mjs';

/** Of what services run with, and of all, tools of this repository among it. */
const ASKED = [
  { packages: ['--omit=dev'], severities: ['high', 'critical'] },
  { packages: [], severities: ['critical'] },
];
const PATIENCE = ['--no-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=30000'];

/**
 * What the registry knows against the packages of a lock file: a line for each, none is well. A registry that does not say
 * (many have no audits; it may be out of reach) is no finding, but why.
 */
export async function audit(folder, env = process.env) {
  const found = new Set();
  for (const { packages, severities } of ASKED) {
    const { vulnerabilities, message } = await ask(packages, { cwd: folder, env });
    if (vulnerabilities === undefined) return { found: [], why: message };
    for (const one of Object.values(vulnerabilities)) if (severities.includes(one.severity)) found.add(lineOf(one));
  }
  return { found: [...found], why: null };
}

/** Npm's report, or what it says where it has none. */
function ask(packages, options) {
  const { command, args } = npmCommand(['audit', '--json'].concat(PATIENCE, packages));
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        resolve({ message: error?.message ?? `npm audit printed ${String(stdout)}` });
      }
    });
  });
}

/** `via` has advisories, and names of packages that it is vulnerable by. */
function lineOf({ name, range, severity, via }) {
  const why = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title}, ${one.url}`));
  return `${name} ${range}: ${severity} (${why.join('; ')})`;
}
