import type { ServiceContext } from '@millrace/platform';
import type { Alias, AliasInForce } from '@millrace/records';
import { TopicFollower } from '@millrace/stream';

import { AliasNotes } from './alias-notes.ts';
import { titleOf, type ModelShelf } from './model-shelf.ts';
import { OfferAnswers } from './offer-answers.ts';

/** What an instance has to do with `<p>.control`. */
export interface AliasDesk {
  /** The instance is that member of its group. */
  readonly joined: (memberId: string) => void;
  readonly close: () => Promise<void>;
}

/** What of a service it needs. */
export interface AliasSurroundings extends Pick<ServiceContext, 'plan' | 'log' | 'clock'> {
  readonly logger: Pick<ServiceContext['logger'], 'log' | 'warn'>;
}

/** Who goes by an alias. */
export interface AliasFollower {
  readonly alias: Alias;
  /** What is in force, said again with every news. */
  readonly noted: (inForce: AliasInForce) => void;
}

/** Goes by what `<p>.control` says about the aliases of the model, and answers there to who would have them name another version. */
export function followAliases(
  { plan, log, clock, logger }: AliasSurroundings,
  followers: readonly AliasFollower[],
  shelf: ModelShelf,
): AliasDesk {
  const { model } = plan.predict;
  const topic = plan.names.control;
  const publisher = log.publisher();
  const load = (version: string): Promise<unknown> => shelf.load(model, version);
  const onStep = (what: string): void => logger.log(what);
  const desks = followers.map(({ alias, noted }) => {
    const notes = new AliasNotes(model, alias);
    const answers = new OfferAnswers({ model, alias, control: topic, notes, publisher, clock, load, onStep });
    return { notes, answers, noted };
  });
  shelf.neededBy(() => desks.flatMap(({ answers: { held } }) => (held === null ? [] : [titleOf(model, held)])));
  const follower = new TopicFollower({
    log,
    clock,
    topic,
    onRecord: (record) => desks.forEach(({ notes }) => notes.apply(record)),
    onNews: () => {
      for (const { notes, answers, noted } of desks) {
        if (notes.inForce) noted(notes.inForce);
        answers.news();
      }
      shelf.tidy();
    },
    onFailed: (message) => logger.warn(`${topic} cannot be followed: ${message}`),
  });
  void follower.start();
  const close = async (): Promise<void> => {
    for (const { answers } of desks) answers.close();
    await Promise.allSettled([follower.close(), publisher.close()]);
  };
  return { joined: (memberId) => desks.forEach(({ answers }) => answers.joined(memberId)), close };
}
