import type { ServiceContext } from '@millrace/platform';
import { TopicFollower } from '@millrace/stream';

import { AliasNotes } from './alias-notes.ts';
import type { Champions } from './champions.ts';
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

/** Goes by what `<p>.control` says about the champion, and answers there to who would have another one. */
export function followAliases(
  { plan, log, clock, logger }: AliasSurroundings,
  champions: Champions,
  shelf: ModelShelf,
): AliasDesk {
  const { model } = plan.predict;
  const topic = plan.names.control;
  const notes = new AliasNotes(model);
  const publisher = log.publisher();
  const load = (version: string): Promise<unknown> => champions.load(version);
  const onStep = (what: string): void => logger.log(what);
  const answers = new OfferAnswers({ model, control: topic, notes, publisher, clock, load, onStep });
  shelf.neededBy(() => (answers.held === null ? [] : [titleOf(model, answers.held)]));
  const follower = new TopicFollower({
    log,
    clock,
    topic,
    onRecord: (record) => notes.apply(record),
    onNews: () => {
      if (notes.inForce) champions.noted(notes.inForce);
      answers.news();
      shelf.tidy();
    },
    onFailed: (message) => logger.warn(`${topic} cannot be followed: ${message}`),
  });
  void follower.start();
  const close = async (): Promise<void> => {
    answers.close();
    await Promise.allSettled([follower.close(), publisher.close()]);
  };
  return { joined: (memberId) => answers.joined(memberId), close };
}
