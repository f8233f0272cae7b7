import type { Scenario } from './script/scenario.ts';
import { simulate } from './simulate-seed.ts';
import type { SimulationOptions } from './simulation.ts';

/** Runs that a shrinking may take. */
const MOST_RUNS = 150;

/** A smaller scenario that still goes wrong: without the faults and events that it does not need. */
export async function shrink(scenario: Scenario, options: SimulationOptions = {}): Promise<Scenario> {
  const attempt = new Shrinking(scenario, options);
  await attempt.without('faults');
  await attempt.without('traffic');
  await attempt.plainer();
  await attempt.without('faults');
  return attempt.smallest;
}

class Shrinking {
  smallest: Scenario;
  readonly #options: SimulationOptions;
  #runs = 0;

  constructor(scenario: Scenario, options: SimulationOptions) {
    this.smallest = scenario;
    this.#options = options;
  }

  /** Leaves out halves, quarters, … and in the end single ones, as long as it still fails. */
  async without(part: 'faults' | 'traffic'): Promise<void> {
    for (let size = Math.ceil(this.smallest[part].length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < this.smallest[part].length;) {
        const fewer = this.smallest[part].toSpliced(at, size);
        if (!(await this.#fails({ ...this.smallest, [part]: fewer }))) at += size;
      }
    }
  }

  /** One instance of each service where that will do. */
  async plainer(): Promise<void> {
    for (const service of ['ingest', 'feature', 'scorer', 'monitor'] as const)
      await this.#fails({ ...this.smallest, instances: { ...this.smallest.instances, [service]: 1 } });
    await this.#fails({ ...this.smallest, trims: false });
    await this.#fails({ ...this.smallest, named: false });
  }

  async #fails(scenario: Scenario): Promise<boolean> {
    if (++this.#runs > MOST_RUNS) return false;
    const { violations } = await simulate(scenario, this.#options);
    if (violations.length === 0) return false;
    this.smallest = scenario;
    return true;
  }
}
