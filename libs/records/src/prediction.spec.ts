import { describe, expect, it } from 'vitest';

import { predictionHeaders, predictionValue } from './prediction.ts';
import type { ScoredRow } from './row-record.ts';

const ROW: ScoredRow = {
  kind: 'scored',
  id: '2013-11-12-MQ-3572-LGA',
  at: 1384271940000,
  key: 'N537MQ',
  origin: { partition: 0, offset: 1 },
  attempts: 0,
  version: '1',
  variant: 'champion',
  vector: Float32Array.of(21, Number.NaN, 13.80936),
  outputs: Float64Array.of(Math.fround(0.5372)),
  scoredAt: 1767225600000,
};
const NAMES = { model: 'arrival-delay', featureSet: '9f2c11ab', outputs: ['probability'] };

describe('predictionValue', () => {
  it('writes the documented JSON, field by field', () => {
    expect(JSON.stringify(predictionValue(ROW, { ...NAMES, features: ['origin_due_1h', 'wind_speed', 'visib'] }))).toBe(
      '{"id":"2013-11-12-MQ-3572-LGA","key":"N537MQ","time":"2013-11-12T15:59:00Z","model":"arrival-delay","version":"1",' +
        '"variant":"champion","feature_set":"9f2c11ab","outputs":{"probability":0.5372},' +
        '"features":{"origin_due_1h":21,"wind_speed":null,"visib":13.80936},"scored_at":"2026-01-01T00:00:00.000Z"}',
    );
  });

  it('leaves the features out where they are not published', () => {
    expect(predictionValue({ ...ROW, key: null }, { ...NAMES, features: null })).toEqual({
      id: ROW.id,
      key: null,
      time: '2013-11-12T15:59:00Z',
      model: 'arrival-delay',
      version: '1',
      variant: 'champion',
      feature_set: '9f2c11ab',
      outputs: { probability: 0.5372 },
      scored_at: '2026-01-01T00:00:00.000Z',
    });
  });

  it('leaves a feature out that has no name to publish', () => {
    const value = predictionValue(ROW, { ...NAMES, features: ['origin_due_1h', null, 'visib'] });
    expect(value.features).toEqual({ origin_due_1h: 21, visib: 13.80936 });
  });

  it('publishes the text of a label, beside numbers', () => {
    const names = {
      ...NAMES,
      outputs: ['label', 'p'],
      labels: new Map([['label', ['early', 'late']]]),
      features: null,
    };
    const value = predictionValue({ ...ROW, outputs: Float64Array.of(1, Number.NaN) }, names);
    expect(value.outputs).toEqual({ label: 'late', p: null });
  });

  it('writes an integer in all its digits, beyond 2^53 as well, and one that a float32 holds', () => {
    const outputs = Float64Array.of(2 ** 53, 2 ** 30, 2 ** 60, -(2 ** 63), Math.fround(1e20));
    const lost = Float64Array.of(1, Number.NaN, 0, 0, Number.NaN);
    const names = { ...NAMES, outputs: ['a', 'b', 'c', 'd', 'e'], features: null };
    expect(JSON.stringify(predictionValue({ ...ROW, outputs, lost }, names).outputs)).toBe(
      '{"a":9007199254740993,"b":1073741824,"c":1152921504606846976,"d":-9223372036854775808,"e":100000000000000000000}',
    );
  });

  it('keeps the digits of an output that is no float32', () => {
    const value = predictionValue({ ...ROW, outputs: Float64Array.of(0.1) }, { ...NAMES, features: null });
    expect(value.outputs).toEqual({ probability: 0.1 });
  });
});

describe('predictionHeaders', () => {
  it('name the pipeline as source and the event time as time', () => {
    const headers = Object.fromEntries(predictionHeaders('flights', ROW).map(([name, value]) => [name, String(value)]));
    expect(headers).toMatchObject({ ce_source: '/millrace/flights', ce_id: ROW.id, ce_time: '2013-11-12T15:59:00Z' });
  });
});
