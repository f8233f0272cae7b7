import { RowSource } from '../row-source.ts';
import { ROC_DETECTORS } from './roc-detectors.ts';
import { alarms, thresholdFor } from './threshold.ts';
import { WindowScores, type RocReference } from './window-scores.ts';

/** A threshold is looked for where so many false alarms at least are to be counted: of fewer it says little. */
const FEWEST = 5;
/** `monitor.run_length`, as it comes. */
const RUN_LENGTH = 1000;

/** A detector with a threshold. */
export interface Rival {
  readonly name: string;
  /** Its place among the detectors. */
  readonly detector: number;
  /** What a score must exceed; −∞: whatever effect and persistence let pass. */
  readonly threshold: number;
  /** False alarms in 1,000 unchanged windows, on all features together. */
  readonly falsePer1000: number;
}

/** Every detector, at each rate of false alarms, in one stream of unchanged windows; ours also as it comes. */
export function rivalsOf(
  reference: RocReference,
  rows: number,
  windows: number,
  rates: readonly number[],
): readonly Rival[] {
  const stream = new WindowScores(reference, rows);
  const history = unchangedScores(stream, rows, windows);
  const asItComes = Math.log(RUN_LENGTH * stream.table.watched.length);
  return Object.keys(ROC_DETECTORS).flatMap((name, detector) => {
    const scores = history[detector] as readonly Float64Array[];
    const at = (threshold: number, label: string): Rival => {
      const count = scores.reduce((sum, signal) => sum + alarms(signal, threshold), 0);
      return { name: `${name}, ${label}`, detector, threshold, falsePer1000: (1000 * count) / windows };
    };
    const equal = rates.flatMap((rate) => {
      const most = Math.floor((rate * windows) / 1000);
      return most < FEWEST ? [] : [at(thresholdFor(most, scores), `${rate} in 1,000`)];
    });
    return name.startsWith('ours') ? [at(asItComes, 'as it comes'), ...equal] : equal;
  });
}

/** By detector and feature, the scores of each window. Unchanged rows have no special values: on their rates nothing can alarm. */
function unchangedScores(stream: WindowScores, rows: number, windows: number): readonly (readonly Float64Array[])[] {
  const source = new RowSource(rows);
  const features = stream.table.watched.flatMap(({ scale }, signal) => (scale ? [signal] : []));
  const history = Object.keys(ROC_DETECTORS).map(() => features.map(() => new Float64Array(windows)));
  for (let window = 0; window < windows; window++) {
    for (let row = 0; row < rows; row++) stream.add(source.next());
    stream.close().forEach((scores, detector) =>
      history[detector]?.forEach((kept, i) => {
        kept[window] = scores[features[i] as number] as number;
      }),
    );
  }
  return history;
}
