import { describe, expect, it } from 'vitest';

import { openLogs } from './open-logs.ts';

function captured(): { readonly write: (line: string) => void; readonly lines: () => Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>), lines: () => lines };
}

describe('openLogs', () => {
  it('writes JSON lines under the name of the service that spoke, however many there are', () => {
    const to = captured();
    const logs = openLogs('info', to);
    const [first, second] = [logs.service('ingest'), logs.service('scorer')];
    second.warn('slow', { trace_id: 'abc' });
    first.log('hello');
    expect(to.lines()).toMatchObject([
      { level: 'warn', service: 'scorer', msg: 'slow', trace_id: 'abc' },
      { level: 'info', service: 'ingest', msg: 'hello' },
    ]);
  });

  it('keeps the stack of an error apart from its message', () => {
    const to = captured();
    openLogs('info', to).service('ingest').error(new Error('broken'), 'SomeContext');
    expect(to.lines()).toMatchObject([
      {
        msg: 'broken',
        context: 'SomeContext',
        err: { type: 'Error', stack: expect.stringContaining('open-logs.spec') },
      },
    ]);
  });

  it('lets the framework speak only to warn', () => {
    const to = captured();
    const framework = openLogs('info', to).framework();
    framework.log('Mapped {/metrics, GET} route', 'RouterExplorer');
    framework.warn('careful', 'RouterExplorer');
    expect(to.lines().map(({ msg }) => msg)).toEqual(['careful']);
  });

  it('says nothing at all when silent', () => {
    const to = captured();
    const logs = openLogs('silent', to);
    logs.framework().error('a');
    logs.service('ingest').fatal('b');
    expect(to.lines()).toEqual([]);
  });
});
