import { decodeCountsRecord, LETTER_PLACES, type OutboundRecord } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { OpenStage } from './testing/open-stage.ts';
import { iso, NEW_YEAR, rideRecord, type RideRecord } from './testing/rides.ts';

const HOUR = 3_600_000;

const seen = (id: string, at: number): RideRecord => ({
  value: {},
  headers: { ce_type: 'seen', ce_id: id, ce_time: iso(at) },
});
const ended = (id: string, at: number): RideRecord => ({
  value: { type: 'ended', id, at: iso(at), rider: 'r', zone: 'z', fare: 9 },
});
const BAD: RideRecord = { value: { type: 'unheard' } };

/** Hour of the window, events by type (asked, ended, seen), dead letters and events; those of ingest alone. */
const tallies = (records: readonly OutboundRecord[]) =>
  records
    .filter(({ topic }) => topic.endsWith('.counts'))
    .map(({ value }) => {
      const delta = decodeCountsRecord(value as Buffer);
      if (delta.kind !== 'delta' || delta.subject !== 'events') throw new Error(delta.kind);
      const [types = [], letters = []] = delta.counts.map((bins) => Array.from(bins));
      expect(letters[LETTER_PLACES.stages] ?? 0).toBe(letters[LETTER_PLACES.all]);
      return [(delta.start - NEW_YEAR) / HOUR, types, letters.slice(0, LETTER_PLACES.stages)];
    });

describe('what comes in', () => {
  it('is counted by type, in the window of its own time', async () => {
    const stage = await OpenStage.with([0]);
    const { records } = stage.process(
      seen('a', NEW_YEAR - HOUR),
      ended('b', NEW_YEAR - 1),
      seen('c', NEW_YEAR - 1),
      seen('d', NEW_YEAR),
    );
    expect(tallies(records)).toEqual([
      [-1, [0, 1, 2], [0, 3]],
      [0, [0, 0, 1], [0, 1]],
    ]);
  });

  it("is counted as a dead letter in the window of its partition's clock, and not before there is one", async () => {
    const stage = await OpenStage.with([0]);
    expect(tallies(stage.process(BAD).records)).toEqual([]);
    const { records, deadLetters } = stage.process(seen('a', NEW_YEAR), BAD);
    expect(deadLetters).toHaveLength(1);
    expect(tallies(records)).toEqual([
      [0, [0, 0, 1], [0, 1]],
      [-1, [], [1, 0]],
    ]);
  });

  it('is counted once where its batch failed and is tried again, and where it is given up', async () => {
    const stage = await OpenStage.with([0]);
    stage.process(seen('a', NEW_YEAR));
    const [good, poison] = [seen('b', NEW_YEAR), seen('c', NEW_YEAR)].map((record, i) =>
      rideRecord({ offset: 10 + i, timestamp: stage.clock.now(), ...record }),
    ) as [ReturnType<typeof rideRecord>, ReturnType<typeof rideRecord>];
    const broken = Object.defineProperty({ ...poison }, 'trace', {
      get: () => {
        throw new TypeError('broken');
      },
    });
    expect(() => stage.stage.process([good, broken])).toThrow('broken');
    expect(tallies(stage.stage.process([good]).records)).toEqual([[0, [0, 0, 1], [0, 1]]]);
    expect(tallies(stage.stage.poison(poison, new Error('broken')).records)).toEqual([[-1, [], [1, 0]]]);
  });
});
