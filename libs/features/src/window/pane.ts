import type { Entry } from './entry.ts';

/** What was folded of a stretch of entries. It stands at the pane's beginning, with the least of their offsets. */
export class Pane implements Entry {
  readonly at: number;
  readonly offset: number;
  /** States by slot; null where nothing existed for the feature. */
  readonly values: readonly unknown[];

  constructor(at: number, offset: number, values: readonly unknown[]) {
    this.at = at;
    this.offset = offset;
    this.values = values;
  }

  /** Before the id of every event. */
  get id(): string {
    return '';
  }
}

/** The beginning of the pane that `time` lies in. Panes of a width are counted from 1970. */
export function paneStart(time: number, widthMs: number): number {
  return widthMs === 1 ? time : Math.floor(time / widthMs) * widthMs; // exact windows need no division
}
