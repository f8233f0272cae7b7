import { readFileSync } from 'node:fs';

import type { Value } from '@millrace/core';
import type { Take } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import type { FileEvent } from '../offline/file-event.ts';
import { offlineFeatures } from '../offline/offline-features.ts';
import { collect } from '../testing/collect.ts';
import { oneByOne } from '../testing/one-by-one.ts';
import { smallPlan } from '../testing/small-plan.ts';
import { AGGREGATORS } from './aggregators.ts';

const page = readFileSync(new URL('../../../../docs/features.md', import.meta.url), 'utf8');

/** `| take | events | value |`, with the resolution behind the take where there are panes. */
const examples = [...page.matchAll(/^\| `(\w+)` \|(?: (\d+) \|)?(.*)\| (\S+) \|$/gm)].map(
  ([, take, resolution, events, value]) => ({
    take: take as Take,
    panes: resolution === undefined ? {} : { resolution: Number(resolution) },
    events: [...events!.matchAll(/`(\d+)(?:: ([^`]+))?`/g)].map(([, at, of]) => ({
      at: Number(at),
      of: JSON.parse(of ?? 'true') as Value,
    })),
    text: events!,
    value: JSON.parse(value!) as number | null,
  }),
);

async function* asFile(events: readonly { at: number; of: Value }[]): AsyncGenerator<FileEvent> {
  let id = 0;
  for (const { at, of } of [...events, { at: 200, of: null }]) {
    if (id === events.length) yield { type: 'ask', payload: { id: 'r', at: 200, user: 'u', n: 0 } };
    else yield { type: 'sale', payload: { id: `${id++}`, at, user: 'u', of } };
  }
}

describe('the documented examples', () => {
  it('show every take, in as many rows as the page has', () => {
    expect(examples).toHaveLength(page.match(/^\| `/gm)!.length);
    expect(new Set(examples.map(({ take }) => take))).toEqual(new Set(Object.keys(AGGREGATORS)));
  });

  it.each(examples)('hold for $take of $text', async ({ take, panes, events, value }) => {
    const of = take === 'time_since_last' ? {} : { of: 'of' };
    const plan = smallPlan({ features: [{ from: 'sale', by: ['user'], over: 100, take, ...of, ...panes }] });
    const [row] = await collect(offlineFeatures(plan, oneByOne(asFile(events))));
    expect(row!.vector[1]).toBe(value === null ? Number.NaN : Math.fround(value));
  });
});
