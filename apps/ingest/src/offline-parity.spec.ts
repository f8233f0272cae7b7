import { offlineFeatures, type FileEvent } from '@millrace/features';
import { collect, oneByOne } from '@millrace/features/testing';
import { expect, it } from 'vitest';

import { OpenStage } from './testing/open-stage.ts';
import { asked, ended, NEW_YEAR, ridesPlan } from './testing/rides.ts';

const long = 'x'.repeat(1025);
/** One after the other in event time, as a file in order has them. */
const EVENTS = [
  asked(NEW_YEAR - 20),
  asked(NEW_YEAR - 19, { type: 'askd' }),
  asked(NEW_YEAR - 18, { distance: 'far' }),
  asked(NEW_YEAR - 17, { id: '' }),
  asked(NEW_YEAR - 16, { id: long }),
  asked(NEW_YEAR - 15, { at: 'yesterday' }),
  asked(NEW_YEAR - 14, { rider: long }),
  asked(NEW_YEAR - 13, { zone: long }),
  ended(NEW_YEAR - 12, { zone: long }),
  ended(NEW_YEAR - 11, { fare: 0 }), // 60.0 / fare is infinite
  ended(NEW_YEAR - 10, { fare: 5.5 }), // the label fails
  ended(NEW_YEAR - 9),
  asked(NEW_YEAR - 8, { rider: null }),
  asked(NEW_YEAR - 7),
];

it('refuses of a file what ingest refuses of a topic, with the same codes, and uses nothing of it', async () => {
  const plan = await ridesPlan('100 / (int(fare) - 5) >= 4');
  const ingest = await OpenStage.with([0], plan);
  const online = EVENTS.map((value) => ingest.process({ value }).deadLetters[0]?.code ?? null);

  const offline: (string | null)[] = [];
  const events = async function* (): AsyncGenerator<FileEvent> {
    for (const { type, ...payload } of EVENTS) {
      offline.push(null);
      yield { type: String(type), payload };
    }
  };
  const onRejected = ({ code }: { readonly code: string }) => void (offline[offline.length - 1] = code);
  const rows = await collect(offlineFeatures(plan, oneByOne(events()), { onRejected }));

  expect(offline).toEqual(online);
  expect(online).toEqual([
    null,
    'UNKNOWN_TYPE',
    'SCHEMA_VIOLATION',
    'NO_ID',
    'KEY_TOO_LARGE',
    'NO_TIME',
    'KEY_TOO_LARGE',
    'KEY_TOO_LARGE',
    'KEY_TOO_LARGE',
    'EXPRESSION_FAILED',
    'EXPRESSION_FAILED',
    null,
    null,
    null,
  ]);
  expect(rows.map(({ vector }) => [...vector])).toEqual([
    [0, Number.NaN, 3],
    [1, Number.NaN, 3],
    [1, 2, 3],
  ]);
});
