import { timedWindow, type WindowSetting } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import type {
  CountsDelta,
  CountsRecord,
  CountSubject,
  MaturedRecord,
  ProgressRecord,
  SkewRecord,
} from '@millrace/records';

import { closeByRows, closeUpTo, type ClosedWindow, type Closing } from './close-windows.ts';
import { withNote } from './incident-notes.ts';
import type { MergeValue } from './merge-ledger.ts';
import {
  fromDelta,
  horizonOf,
  shownAs,
  streamKey,
  withDelta,
  withProgress,
  type MergedWindows,
} from './merged-windows.ts';
import type { MonitorObserver } from './monitor-observer.ts';
import type { MonitoredModel } from './monitored-model.ts';
import { withChecked } from './skew-state.ts';
import { skewWindow } from './weigh-skew.ts';

export interface MergeStep {
  readonly value: MergeValue;
  readonly closed: readonly ClosedWindow[];
}

type Side = 'windows' | 'labels' | 'events';

const SIDES = { rows: 'windows', labels: 'labels', events: 'events', sketches: 'windows' } as const satisfies Record<
  CountSubject,
  Side
>;

/** Adds records of `counts` to what is known, and tells which windows close by them. */
export class CountsMerger {
  readonly #partitions: number;
  readonly #models: ReadonlyMap<string, MonitoredModel>;
  readonly #window: WindowSetting;
  readonly #timedWindow: WindowSetting;

  constructor({ topics, monitor }: Plan, models: ReadonlyMap<string, MonitoredModel>) {
    this.#partitions = topics.partitions;
    this.#models = models;
    this.#window = monitor.window;
    this.#timedWindow = timedWindow(monitor.window);
  }

  apply(value: MergeValue, record: CountsRecord, observer: MonitorObserver): MergeStep {
    if (record.kind === 'delta') return this.#add(value, record, observer);
    if (record.kind === 'skew') return check(value, record);
    if (record.kind === 'note')
      return { value: withNote(value, record, horizonOf(value.windows, this.#partitions)), closed: [] };
    const sides = record.kind === 'progress' ? (['windows', 'events'] as const) : (['labels'] as const);
    return sides.reduce<MergeStep>(
      ({ value: before, closed }, side) => {
        const advanced = this.#advance(before[side], record, this.#settingOf(side));
        return { value: { ...before, [side]: advanced.windows }, closed: [...closed, ...advanced.closed] };
      },
      { value, closed: [] },
    );
  }

  #advance(before: MergedWindows, record: ProgressRecord | MaturedRecord, setting: WindowSetting): Closing {
    const windows = withProgress(before, record);
    const horizon = horizonOf(windows, this.#partitions);
    if (windows === before || horizon === null || setting.rows !== null) return { windows, closed: [] };
    return closeUpTo(horizon, windows, setting);
  }

  #add(value: MergeValue, delta: CountsDelta, observer: MonitorObserver): MergeStep {
    const side = SIDES[delta.subject];
    const { rows } = this.#settingOf(side);
    const windows = value[side];
    const horizon = horizonOf(windows, this.#partitions);
    const late = rows === null && horizon !== null && delta.end <= horizon;
    if (late || !this.#fits(delta)) {
      observer.leftOut?.(delta.rows, late ? 'late' : 'misfit');
      return { value: late ? withLate(value, delta) : value, closed: [] };
    }
    const added: Closing =
      rows === null ? { windows: withDelta(windows, delta), closed: [] } : closeByRows(rows, windows, fromDelta(delta));
    return { value: { ...value, [side]: added.windows }, closed: added.closed };
  }

  #settingOf(side: Side): WindowSetting {
    return side === 'windows' ? this.#window : this.#timedWindow;
  }

  /** Counts on other bins than the profile's, or without one, cannot be judged. */
  #fits({ subject, version, counts }: CountsDelta): boolean {
    if (subject === 'events' || subject === 'sketches') return true;
    const sizes = this.#models.get(version)?.sizes[subject];
    return sizes?.length === counts.length && sizes.every((size, slot) => size === counts[slot]?.length);
  }
}

/** A window of its own; what is known already changes nothing. */
function check(value: MergeValue, record: SkewRecord): MergeStep {
  const skew = withChecked(value.skew, record);
  return skew === null ? { value, closed: [] } : { value: { ...value, skew }, closed: [skewWindow(record)] };
}

function withLate(value: MergeValue, delta: CountsDelta): MergeValue {
  const key = streamKey(shownAs(delta));
  const tally = value.streams.get(key) ?? { closed: 0, late: 0 };
  return { ...value, streams: new Map(value.streams).set(key, { ...tally, late: tally.late + delta.rows }) };
}
