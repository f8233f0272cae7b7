import type { Plan } from '@millrace/pipeline';

import { simulatedPlan } from './pipeline/simulated-plan.ts';
import { drawScenario, undisturbed, type Scenario } from './script/scenario.ts';
import { Simulation, type SimulationOptions, type Verdict } from './simulation.ts';

let plans: Promise<ReadonlyMap<number, Plan>> | null = null;

/** The scenario of a seed. */
export async function scenarioOf(seed: number): Promise<Scenario> {
  plans ??= Promise.all([2, 3].map(async (partitions) => [partitions, await simulatedPlan(partitions)] as const)).then(
    (entries) => new Map(entries),
  );
  return drawScenario(seed, await plans);
}

/** Runs it undisturbed, then with its faults, and compares. */
export async function simulate(scenario: Scenario, options: SimulationOptions = {}): Promise<Verdict> {
  const calm = await new Simulation(undisturbed(scenario)).run();
  if (calm.violations.length > 0) return calm;
  return new Simulation(scenario, { ...options, expected: calm.outputs }).run();
}
