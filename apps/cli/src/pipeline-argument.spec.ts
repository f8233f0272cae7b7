import { describe, expect, it } from 'vitest';

import { splitPipeline } from './pipeline-argument.ts';

describe('splitPipeline', () => {
  it('takes the first word as the pipeline if it is a YAML file', () => {
    expect(splitPipeline(['a/p.yaml', 'e.jsonl'])).toEqual({ pipeline: 'a/p.yaml', rest: ['e.jsonl'] });
    expect(splitPipeline(['e.jsonl'])).toEqual({ pipeline: undefined, rest: ['e.jsonl'] });
    expect(splitPipeline([])).toEqual({ pipeline: undefined, rest: [] });
  });

  it('names what is missing', () => {
    expect(() => splitPipeline(['p.yml'], ['EVENTS'])).toThrow(
      expect.objectContaining({ code: 'WRONG_USE', detail: expect.stringContaining('EVENTS') }),
    );
  });
});
