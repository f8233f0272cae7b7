import { describe, expect, it } from 'vitest';

import { readAddress } from '../page/src/address.ts';
import type { ClosedWindow } from './close-windows.ts';
import { pageLinks } from './page-links.ts';

const WINDOW: ClosedWindow = {
  subject: 'rows',
  version: '1',
  variant: 'champion',
  start: 0,
  end: Date.parse('2013-12-09T05:00:00Z'),
  rows: 500,
  counts: [],
  blocks: [],
  enough: true,
};

/** What the page makes of a link. */
const addressIn = (link: string) => readAddress(link.slice(link.indexOf('#')));

describe('the links of an alert', () => {
  it('lead to the page at the signal and window', () => {
    const { page, metrics } = pageLinks(WINDOW, 'outputs.p');
    expect([page.split('#')[0], metrics]).toEqual(['monitor', 'metrics']);
    expect(addressIn(page)).toMatchObject({
      stream: '1/champion',
      signal: 'outputs.p',
      window: '2013-12-09T05:00:00Z',
    });
  });

  it('lead to the newest distribution where the window is none of predictions', () => {
    expect(addressIn(pageLinks({ ...WINDOW, subject: 'labels' }, 'performance.error_rate').page).window).toBe('');
  });
});
