import type { ReferenceProfile, SignalReference } from '../profile/reference-profile.ts';
import { weigh } from '../watch/evidence.ts';
import type { RuledSignal } from '../watch/ruled-signals.ts';
import { closeWindow, UNWATCHED, type SignalWatch } from '../watch/signal-watch.ts';
import { drawCounts } from './draw-counts.ts';
import { binDraw, type BinDraw, type PlantedChange } from './planted-change.ts';

/** A signal that has opened an incident. */
export interface OpenedIncident {
  readonly slot: number;
  readonly logE: number;
}

/** Windows drawn from a profile, and the detector over them, one after the other. */
export class SimulatedWindows {
  readonly #slots: readonly SignalReference[];
  readonly #draws: BinDraw[];
  readonly #signals: readonly RuledSignal[];
  readonly #watches: SignalWatch[];
  readonly #rows: number;
  readonly #random: () => number;
  #closed = 0;

  constructor(
    profile: Pick<ReferenceProfile, 'features' | 'outputs'>,
    signals: readonly RuledSignal[],
    rows: number,
    random: () => number,
  ) {
    this.#slots = [...profile.features, ...profile.outputs];
    this.#draws = this.#slots.map((signal) => binDraw(signal, null));
    this.#signals = signals;
    this.#watches = signals.map(() => UNWATCHED);
    this.#rows = rows;
    this.#random = random;
  }

  /** From the next window on a slot is changed. */
  plant(slot: number, change: PlantedChange): void {
    this.#draws[slot] = binDraw(this.#slots[slot] as SignalReference, change);
  }

  /** Draws and closes a window; says which incidents it opens, the strongest evidence first. */
  next(): readonly OpenedIncident[] {
    const counts = this.#draws.map((draw, slot) =>
      drawCounts(draw, this.#slots[slot] as SignalReference, this.#rows, this.#random),
    );
    const window = { start: this.#closed, end: ++this.#closed };
    const opened = this.#signals.flatMap(({ signal, rule }, i): readonly OpenedIncident[] => {
      const evidence = weigh(signal, counts[signal.slot] as Uint32Array);
      const step = closeWindow(this.#watches[i] as SignalWatch, evidence, window, rule);
      this.#watches[i] = step.watch;
      return step.event === 'opened' ? [{ slot: signal.slot, logE: evidence.logE }] : [];
    });
    return opened.toSorted((a, b) => b.logE - a.logE);
  }
}
