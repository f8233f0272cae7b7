import { awaitStore, describeRefusals, type ModelRegistry, type TensorModel } from '@millrace/inference';
import type { ServiceContext } from '@millrace/platform';
import { ALIAS_NOTE, type AliasInForce } from '@millrace/records';
import { readLatest, type RecordSource } from '@millrace/stream';

import { ScorerMetrics } from '../scorer.metrics.ts';
import { Champions } from './champions.ts';
import { followAliases, type AliasFollower } from './follow-aliases.ts';
import { FollowedVersion } from './followed-version.ts';
import { ModelOpener } from './model-opener.ts';
import { ModelShelf, titleOf, type ServedModel } from './model-shelf.ts';
import { ServedModels } from './served-models.ts';

/** The versions of one scorer, wired. */
export interface OpenModels {
  readonly champions: Champions;
  readonly served: ServedModels;
  /** The instance is that member of its group. */
  readonly onJoined: (memberId: string) => void;
  /** What the stage needs of the pipeline's model. */
  readonly neededBy: (versions: () => Iterable<string>) => void;
  readonly close: () => Promise<void>;
}

/**
 * Loads what is in force, and goes on to follow what `<p>.control` says about it.
 *
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `MODEL_STORE_*`
 */
export async function openModels(context: ServiceContext, registry: ModelRegistry): Promise<OpenModels> {
  const { plan, log, clock, logger, signal } = context;
  const warn = (message: string): void => logger.warn(message);
  const { model } = plan.predict;
  const shelf = openShelf(context, registry);
  const source = log.source();
  const champions = new Champions({
    plan,
    clock,
    registry,
    shelf,
    readInForce: () => readInForce(source, plan.names.control, model),
    onSwitched: ({ version, number }) => logger.log(`model ${model} ${version} is champion (number ${number})`),
    warn,
  });
  try {
    await awaitStore(() => champions.begin(), { clock, warn, signal });
  } catch (error) {
    await Promise.allSettled([source.close(), shelf.close()]);
    throw error;
  }
  const challenger = new FollowedVersion({
    alias: 'challenger',
    clock,
    load: (version) => champions.load(version),
    onSwitched: ({ version, number }) => {
      logger.log(`model ${model} ${version} is challenger (number ${number})`);
      shelf.tidy();
    },
    warn,
  });
  shelf.neededBy(() => challenger.needed.map((version) => titleOf(model, version)));
  const followers: readonly AliasFollower[] = [
    { alias: 'champion', noted: (inForce) => champions.noted(inForce) },
    { alias: 'challenger', noted: (inForce) => void challenger.follow({ ...inForce, fromPlan: false }) },
  ];
  const aliases = followAliases(context, followers, shelf);
  return {
    champions,
    served: new ServedModels({ model, registry, shelf, champions, challenger }),
    onJoined: (memberId) => aliases.joined(memberId),
    neededBy: (versions) => shelf.neededBy(() => [...versions()].map((version) => titleOf(model, version))),
    close: async () => {
      champions.close();
      challenger.close();
      await Promise.allSettled([aliases.close(), source.close()]);
      await shelf.close();
    },
  };
}

async function readInForce(source: RecordSource, control: string, model: string): Promise<AliasInForce | null> {
  const note = await readLatest(source, control, ALIAS_NOTE.inForce(model, 'champion'));
  return note && (JSON.parse(note.toString('utf8')) as AliasInForce);
}

function openShelf({ plan, clock, config, metrics, logger }: ServiceContext, registry: ModelRegistry): ModelShelf {
  const watch = new ScorerMetrics(metrics, logger);
  const opener = new ModelOpener({
    plan,
    registry,
    clock,
    run: config.modelRun,
    watch,
    warn: (message) => logger.warn(message),
  });
  const said = (what: string, { tensors: { name, version, provider, workers } }: ServedModel): void =>
    logger.log(`model ${name} ${version} ${what}`, { model: name, version, provider, workers });
  const shelf = new ModelShelf({
    open: (name, version) => opener.open(name, version),
    onLoaded: (served) => {
      said('loaded', served);
      warnOfRefused(served.tensors, (message) => logger.warn(message));
    },
    onClosed: (served) => said('unloaded', served),
  });
  watch.loaded(() =>
    shelf.all().map(({ tensors: { name: model, version, provider, refused }, cachedBytes }) => ({
      model,
      version,
      provider,
      refused,
      cachedBytes: cachedBytes(),
    })),
  );
  watch.queue((source) => shelf.all().reduce((sum, served) => sum + served.queuedRows(source), 0));
  return shelf;
}

function warnOfRefused({ name, version, provider, refused }: TensorModel, warn: (message: string) => void): void {
  if (refused.length === 0) return;
  warn(`${name} ${version} is run by ${provider}, not by what predict.providers prefers: ${describeRefusals(refused)}`);
}
