import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { inject } from 'vitest';

export interface Validated {
  readonly valid: readonly string[];
  /** Kind and name, field, message. */
  readonly invalid: readonly string[];
}

const SCRIPT = resolve('test', 'chart', 'validate-manifests.py');
const DEFINITIONS = resolve('test', 'chart', 'crds');

/** Asks the schemas of a version of Kubernetes what they say to manifests. */
export async function validate(manifests: string, kubernetes = '1.37'): Promise<Validated> {
  const child = spawn(inject('python'), [SCRIPT, kubernetes, DEFINITIONS], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(manifests);
  return JSON.parse(await text(child.stdout)) as Validated;
}
