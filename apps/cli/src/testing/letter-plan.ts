import type { Plan } from '@millrace/pipeline';
import { objectSchema, testPlan } from '@millrace/pipeline/testing';

const EVENT = objectSchema({ id: 'string', at: 'string', user: 'string', place: 'string', pin: 'integer' });

interface LetterPlan {
  readonly sensitive?: readonly string[];
  readonly pseudonyms?: readonly string[];
  /** The field with the id of what asks. */
  readonly id?: string;
}

/** The pipeline `p`: the event `asked` asks for a prediction of a `user`. */
export function letterPlan(...sensitive: readonly string[]): Promise<Plan> {
  return letterPlanWith({ sensitive });
}

/** With fields that are hidden, or have pseudonyms. */
export function letterPlanWith({ sensitive = [], pseudonyms = [], id = 'id' }: LetterPlan): Promise<Plan> {
  const text = `
apiVersion: millrace/v1
name: p
topics: { partitions: 2 }
events:
  asked: { schema: event.json, id: ${id}, time: at }
  ended: { schema: event.json, id: id, time: at }
  sensitive: [${sensitive.join(', ')}]
  pseudonyms: [${pseudonyms.join(', ')}]
predict: { on: asked, key: user, model: m }
features:
  - { name: ended_1h, from: ended, by: [user], over: 1h, take: count }
  - { name: place_1h, from: ended, by: [place], over: 1h, take: count }
`;
  return testPlan(text, { 'event.json': EVENT });
}
