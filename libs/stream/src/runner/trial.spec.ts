import { describe, expect, it } from 'vitest';

import { Trial, type Tries } from './trial.ts';

/** A process takes over at a marker, counts the batch up to `end`, and dies. */
function dies(found: Tries | null, end: number): Tries | null {
  const trial = new Trial(found);
  const counted = trial.toCount(end);
  return counted === undefined ? found : counted;
}

describe('a trial', () => {
  it('counts the first batch after a take-over, and nothing once a commit has passed it', () => {
    const trial = new Trial(null);
    expect(trial.toCount(40)).toEqual({ together: 1, alone: 0, until: 40 });
    trial.counted();
    expect(trial.toCount(40)).toBeUndefined();
    trial.survived();
    expect(trial.past(40)).toBeNull();
    trial.passed(40);
    expect(trial.toCount(80)).toBeUndefined();
  });

  it('says the same again where it is not known whether the count was committed', () => {
    const trial = new Trial({ together: 1, alone: 0, until: 40 });
    expect(trial.toCount(30)).toEqual({ together: 2, alone: 0, until: 40 });
    expect(trial.toCount(50)).toEqual({ together: 2, alone: 0, until: 50 });
  });

  it('takes records one by one after two deaths, and convicts one that two more processes died of', () => {
    const twice = dies(dies(null, 40), 40);
    expect(new Trial(twice).isSuspect).toBe(true);
    const once = dies(twice, 11);
    expect(new Trial(once).isConvicted).toBe(false);
    const guilty = new Trial(dies(once, 11));
    expect(guilty.isConvicted).toBe(true);
    expect(guilty.toCount(11)).toBeUndefined();
  });

  it('goes on one by one up to the end of what was tried, each record innocent until it is alone at a death', () => {
    const trial = new Trial({ together: 2, alone: 1, until: 12 });
    expect(trial.toCount(11)).toEqual({ together: 2, alone: 2, until: 12 });
    trial.counted();
    trial.survived();
    expect(trial.past(11)).toEqual({ together: 2, alone: 0, until: 12 });
    trial.passed(11);
    expect([trial.isSuspect, trial.toCount(12)]).toEqual([true, { together: 2, alone: 1, until: 12 }]);
    trial.counted();
    trial.survived();
    expect(trial.past(12)).toBeNull();
    trial.passed(12);
    expect([trial.isSuspect, trial.toCount(50)]).toEqual([false, undefined]);
  });

  it('takes a count back when the process lives on and only the commit failed', () => {
    const trial = new Trial(null);
    trial.toCount(40);
    trial.counted();
    trial.survived();
    expect([trial.hasSurvived, trial.toCount(40)]).toEqual([true, null]);
    trial.counted();
    expect([trial.hasSurvived, trial.toCount(40)]).toEqual([false, undefined]);
  });

  it('takes the count of a record alone back too, and stays careful', () => {
    const trial = new Trial({ together: 2, alone: 1, until: 12 });
    trial.counted();
    trial.survived();
    expect(trial.toCount(11)).toEqual({ together: 2, alone: 0, until: 12 });
    trial.counted();
    expect([trial.isSuspect, trial.isConvicted, trial.toCount(11)]).toEqual([true, false, undefined]);
  });
});
