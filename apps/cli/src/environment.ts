import type { Environment } from './context.ts';

/** The one place of the command line that reads the process's environment. */
export function processEnvironment(): Environment {
  return process.env;
}
