import type { ModelFiles, ModelRegistry, TensorModel } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import { ALIAS_NOTE, type AliasInForce } from '@millrace/records';
import { readLatest, type Log } from '@millrace/stream';

import { ModelStatistics } from '../../../apps/scorer/src/door/model-statistics.ts';
import { Champions } from '../../../apps/scorer/src/models/champions.ts';
import { followAliases } from '../../../apps/scorer/src/models/follow-aliases.ts';
import { ModelShelf, titleOf, type ServedModel } from '../../../apps/scorer/src/models/model-shelf.ts';
import { ScorerStage } from '../../../apps/scorer/src/scorer.stage.ts';
import type { Host } from '../world/host.ts';
import type { SimulatedModel } from './simulated-model.ts';
import type { CreatedStage } from './stages.ts';
import { untilAnswered } from './until-answered.ts';

/** Loading takes up to so long. */
const LOAD_MS = 800;

const REGISTRY: ModelRegistry = {
  names: async () => ['m'],
  versions: async () => ['1', '2', '3'],
  resolve: async (name, version) => ({ name, version: version ?? '1' }) as ModelFiles,
};

/** The scorer, with models that are none: which versions are loaded, offered, and in force is as it is. */
export function createScorer(plan: Plan, host: Host, log: Log, model: SimulatedModel): CreatedStage {
  const { model: name } = plan.predict;
  const source = log.source();
  const shelf = new ModelShelf({
    open: async (_, version): Promise<ServedModel> => {
      await host.sleep(host.dice.int(1, LOAD_MS));
      const port = model.port(version);
      const statistics = new ModelStatistics(host);
      const none = { queuedRows: () => 0, cachedBytes: () => null, close: async () => undefined };
      return { port, tensors: { name, version } as TensorModel, statistics, ...none };
    },
    onLoaded: () => undefined,
    onClosed: () => undefined,
  });
  const readInForce = async (): Promise<AliasInForce | null> => {
    const note = await readLatest(source, plan.names.control, ALIAS_NOTE.inForce(name, 'champion'));
    return note && (JSON.parse(note.toString('utf8')) as AliasInForce);
  };
  const quiet = { onSwitched: () => undefined, warn: () => undefined };
  const champions = new Champions({ plan, clock: host, registry: REGISTRY, shelf, readInForce, ...quiet });
  const logger = { log: () => undefined, warn: () => undefined };
  // it ends with its host
  const aliases = followAliases(
    { plan, log, clock: host, logger },
    [{ alias: 'champion', noted: (it) => champions.noted(it) }],
    shelf,
  );
  const onJoined = (memberId: string): void => aliases.joined(memberId);
  const stage = new ScorerStage({ plan, models: champions, clock: host, onJoined });
  shelf.neededBy(() => [...stage.versions()].map((version) => titleOf(name, version)));
  return { stage, prepare: () => untilAnswered(host, () => champions.begin()) };
}
