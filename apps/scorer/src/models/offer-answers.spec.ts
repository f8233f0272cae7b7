import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import { ALIAS_NOTE, type AliasAnswer, type InboundRecord, type OutboundRecord } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { AliasNotes } from './alias-notes.ts';
import { OfferAnswers } from './offer-answers.ts';

describe('OfferAnswers', () => {
  let clock: ManualClock;
  let notes: AliasNotes;
  let answers: OfferAnswers;
  let said: (AliasAnswer & { readonly key: unknown })[];
  let loads: string[];
  let load: (version: string) => Promise<void>;
  /** What the log does with the next answers: it fails so many times. */
  let failures: number;

  beforeEach(() => {
    [clock, notes, said, loads, failures] = [new ManualClock(), new AliasNotes('m', 'champion'), [], [], 0];
    load = async () => undefined;
    const publish = async ([record]: readonly OutboundRecord[]): Promise<void> => {
      if (failures-- > 0) throw new AppError('LOG_UNAVAILABLE', 'away.');
      said.push({ key: record?.key, ...(JSON.parse(String(record?.value)) as AliasAnswer) });
    };
    answers = new OfferAnswers({
      model: 'm',
      alias: 'champion',
      control: 'p.control',
      notes,
      publisher: { publish, close: async () => undefined },
      clock,
      load: (version) => {
        loads.push(version);
        return load(version);
      },
      onStep: () => undefined,
    });
  });

  const note = (key: string, value: object | null, offset: number): void =>
    notes.apply({
      topic: 'p.control',
      partition: 0,
      offset,
      timestamp: 0,
      key: Buffer.from(key),
      value: value && Buffer.from(JSON.stringify(value)),
      headers: [],
    } satisfies InboundRecord);
  const offer = (version: string, number: number, members: readonly string[] = ['me', 'you']): void => {
    note(ALIAS_NOTE.offer('m', 'champion'), { version, members, run: 'r' }, number);
    answers.news();
  };
  const answer = (number: number, refused: string | null = null) => ({
    key: 'alias-answer:m:champion:me',
    number,
    refused,
  });

  it('say that the version is ready once it is loaded, and once', async () => {
    const gate = Promise.withResolvers<void>();
    load = () => gate.promise;
    answers.joined('me');
    offer('2', 17);
    answers.news();
    answers.joined('me');
    expect([loads, said, answers.held]).toEqual([['2'], [], '2']);
    gate.resolve();
    await expect.poll(() => said).toEqual([answer(17)]);
    offer('2', 18);
    await expect.poll(() => said).toEqual([answer(17), answer(18)]);
  });

  it('say why it is refused', async () => {
    load = () => Promise.reject(new AppError('MODEL_MISMATCH', 'it takes 21 features'));
    answers.joined('me');
    offer('2', 17);
    await expect.poll(() => said).toEqual([answer(17, expect.stringContaining('it takes 21 features'))]);
  });

  it('are given by those who were asked, and by nobody who has come since', () => {
    offer('2', 17, ['you']);
    answers.joined('me');
    expect([loads, answers.held]).toEqual([[], null]);
    offer('2', 18);
    expect(loads).toEqual(['2']);
  });

  it('come when it is known which member this is', async () => {
    offer('2', 17);
    expect(loads).toEqual([]);
    answers.joined('me');
    await expect.poll(() => said).toEqual([answer(17)]);
  });

  it('hold the version until the offer is taken back or followed by its switch', () => {
    answers.joined('me');
    offer('2', 17);
    note(ALIAS_NOTE.offer('m', 'champion'), null, 18);
    expect(answers.held).toBeNull();
  });

  it('come again where the log did not take them, as long as somebody waits', async () => {
    failures = 1;
    answers.joined('me');
    offer('2', 17);
    await expect
      .poll(() => {
        clock.advance(1000);
        return said;
      })
      .toEqual([answer(17)]);
  });

  it('of another model are not theirs', () => {
    answers.joined('me');
    note(ALIAS_NOTE.offer('other', 'champion'), { version: '2', members: ['me'], run: 'r' }, 17);
    answers.news();
    expect(loads).toEqual([]);
  });
});
