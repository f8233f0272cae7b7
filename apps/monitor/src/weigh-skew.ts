import { incidentRule, weighErrors, type WatchedSignal } from '@millrace/drift';
import type { MonitorPlan } from '@millrace/pipeline';
import type { SkewRecord } from '@millrace/records';

import type { ClosedWindow } from './close-windows.ts';
import type { Weighing } from './weigh-window.ts';

/** A replay is served bit for bit as it is computed again, so one in 1,000 is as much as is taken for usual. */
const REFERENCE = [10, 9990];
/** The PSI where 1 % differ. */
const SKEW_FLOOR = 0.02;

/** What was compared of a closed window, as a window: of each feature how many vectors differ, and how many do not. */
export function skewWindow({ kind: subject, features, ...window }: SkewRecord): ClosedWindow {
  const { rows } = window;
  const counts = features.map(({ differ }) => [differ, rows - differ]);
  return { ...window, subject, counts, blocks: [], enough: rows > 0, compared: features };
}

/** What it says of each feature: only vectors that differ speak against one. */
export function weighSkew({ counts: all, compared = [] }: ClosedWindow, monitor: MonitorPlan): readonly Weighing[] {
  return compared.map(({ feature, first }, slot) => {
    const signal = skewSignal(`skew.${feature}`, slot);
    const set = monitor.floors.get(signal.name);
    const rule = incidentRule(monitor, compared.length, typeof set === 'number' ? set : SKEW_FLOOR);
    const counts = all[slot] ?? [];
    return {
      ruled: { rule, signal },
      counts,
      evidence: weighErrors(signal, counts),
      severity: 'warning',
      ...(first !== null && { example: first }),
    };
  });
}

function skewSignal(name: string, slot: number): WatchedSignal {
  return {
    name,
    output: false,
    slot,
    labels: ['differs', 'as computed again'],
    reference: REFERENCE,
    scale: null,
    project: (counts) => Array.from(counts),
  };
}
