import type { WindowSetting } from '@millrace/drift';

const HOUR_MS = 3_600_000;

/**
 * The windows in which labels are counted: those of the predictions, and hours where these are cut by rows, since a label
 * may come long after its prediction's window was closed. They go on until they have as many labels as a window needs rows.
 */
export function labelWindow(window: WindowSetting): WindowSetting & { readonly everyMs: number } {
  return { ...window, everyMs: window.everyMs ?? HOUR_MS, rows: null, minRows: window.rows ?? window.minRows };
}
