import type { WindowSetting } from './window-setting.ts';

const HOUR_MS = 3_600_000;

/**
 * The windows of what cannot be cut by rows of predictions, such as labels, which come long after: those of the predictions,
 * and where these are cut by rows, hours that go on until they have as many rows.
 */
export function timedWindow(window: WindowSetting): WindowSetting & { readonly everyMs: number } {
  return { ...window, everyMs: window.everyMs ?? HOUR_MS, rows: null, minRows: window.rows ?? window.minRows };
}
