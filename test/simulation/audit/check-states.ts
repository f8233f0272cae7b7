import type { Plan } from '@millrace/pipeline';

import type { Process } from '../pipeline/process.ts';
import type { OpenTask } from '../pipeline/watched-stage.ts';
import type { Archive } from './archive.ts';
import type { OffsetAudit } from './offset-audit.ts';
import type { Violation } from './violation.ts';

export function checkStates(
  _plan: Plan,
  _states: readonly { readonly process: Process; readonly tasks: readonly OpenTask[] }[],
  _archive: Archive,
  _offsets: OffsetAudit,
): readonly Violation[] {
  return [];
}
