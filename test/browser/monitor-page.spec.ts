import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import { WatchedModel } from './watched-model.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe('the page of the monitor in a browser', () => {
  let browser: Browser;
  let model: WatchedModel;
  let page: Page;
  /** What went wrong in the page, and what it asked of anybody else. */
  let complaints: string[];
  let asked: string[];

  beforeAll(async () => {
    browser = await chromium.launch(inject('browser'));
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    model = await WatchedModel.create();
    complaints = [];
    asked = [];
  });

  afterEach(async () => {
    await page.context().close();
    await model.close();
    expect(complaints).toEqual([]);
  });

  const expected = (text: string): boolean => /Failed to load resource/.test(text); // answers that a test makes fail

  async function open(url: string, options: BrowserContextOptions = {}, fragment = ''): Promise<void> {
    const context = await browser.newContext(options);
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => line.type() === 'error' && !expected(line.text()) && complaints.push(line.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.install();
    await page.goto(`${url}/monitor${fragment}`);
  }

  const text = (selector: string): Promise<string> => page.locator(selector).innerText();
  const saying = (selector: string, what: string | RegExp): Promise<void> =>
    page.locator(selector).filter({ hasText: what }).first().waitFor();
  /** Lets the page's time go by until it is so: an answer that is under way has to come before the page waits for its next question. */
  async function later(isSo: () => Promise<boolean>): Promise<void> {
    const quarterMinutePasses = async (): Promise<boolean> => {
      await page.clock.runFor(15_000);
      return isSo();
    };
    await expect.poll(quarterMinutePasses, { timeout: 30_000 }).toBe(true);
  }
  const signals = (): Promise<readonly string[]> => page.locator('#signal-table tbody th').allInnerTexts();

  /** Of x in the newest window, as the door says. */
  async function psiOf(url: string): Promise<number> {
    const { windows } = (await (await fetch(`${url}/v1/monitor/windows?signal=x`)).json()) as {
      windows: { signals: { x: { psi: number } } }[];
    };
    return windows.at(-1)?.signals.x.psi ?? NaN;
  }

  /** What reaches beyond the screen, unless it lies in something that scrolls. */
  const tooWide = (): Promise<readonly string[]> =>
    page.evaluate(() =>
      document.documentElement.scrollWidth <= screen.width
        ? []
        : [...document.querySelectorAll('body *')]
            .filter((one) => !one.closest('.wide') && one.getBoundingClientRect().right > screen.width)
            .map(({ tagName, id, className }) => `${tagName} ${id} ${className}`),
    );

  async function violations(): Promise<readonly string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run: (
            options: object,
          ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
        };
      };
      return (await axe.run({ rules: { 'target-size': { enabled: true } } })).violations;
    });
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }

  it('says first whether something is wrong, since when, and what moved', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    await open(await model.open());
    await saying('#verdict-title', '1 incident open, info');
    expect(await text('#verdict-detail')).toBe(
      'The first change began by 1 Jan 1970, 08:00. What moved: input x. Counted up to 1 Jan 1970, 12:00.',
    );
    expect(await text('#incident-list li')).toMatch(
      /^◆? ?info\s+x\s+since 1 Jan 1970, 08:00\s+effect [\d.]+, floor 0\.1/,
    );
    expect(await text('#incident-list li')).toMatch(/: [\d.]+ % → [\d.]+ %/);
  });

  it('lists the worst signal first and shows it: its distance by window, and its distribution beside the reference', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    const url = await model.open();
    await open(url);
    await saying('#signal-title', 'x');
    expect((await signals())[0]).toBe('x');
    expect(await page.locator('#signal-table a[aria-current]').innerText()).toBe('x');
    expect(await page.locator('#psi-figure canvas').count()).toBe(1);
    await page.locator('#psi-figure summary').click();
    await expect.poll(() => page.locator('#psi-figure tbody tr').count()).toBe(12);
    const last = await page.locator('#psi-figure tbody tr').last().locator('td').allInnerTexts();
    expect(last.map(Number)).toEqual([expect.any(Number), 0.1, expect.closeTo(await psiOf(url), 2)]);
    const rows = await page.locator('#distribution tbody tr').allInnerTexts();
    expect(rows[0]).toMatch(/\s10 %\s+[\d.]+ %\s+\+[\d.]+ %$/);
    expect(rows.at(-1)).toMatch(/\s10 %\s+0 %\s+−10 %$/);
  });

  it('shows performance as it is estimated and as it was, with its coverage', async () => {
    await model.run({ until: 12 });
    await open(await model.open());
    await saying(
      '#performance-now',
      /^Accuracy is estimated at 0\.7\d* for the window to 1 Jan 1970, 12:00; .* 100 % of it labelled\.$/,
    );
    await page.getByLabel('Metric').selectOption('log_loss');
    await saying('#performance-now', /^The newest window whose labels have come/);
    expect(page.url()).toContain('metric=log_loss');
    await page.locator('#performance-figures summary').first().click();
    expect(await page.locator('#performance-figures table').first().innerText()).toContain('realised');
  });

  it('has the versions behind what it draws over time, and any of them to look at', async () => {
    await model.run({ until: 14, shiftedFrom: 4, secondFrom: 10 });
    await open(await model.open());
    await saying('.versions', 'version 1');
    expect(await page.locator('.version').allInnerTexts()).toEqual(['version 1', 'version 2']);
    const left = await page.locator('.version').evaluateAll((all) => all.map((one) => (one as HTMLElement).style.left));
    expect(left).toEqual(['0%', expect.stringMatching(/^71\.4/)]);
    await page.getByLabel('Model version').selectOption('1/champion');
    await saying('#signal-table', 'x');
    expect(page.url()).toContain('stream=1%2Fchampion');
    expect(await page.locator('.span').first().getAttribute('aria-label')).toMatch(
      /^x, version \d, champion: info, changed since/,
    );
  });

  it('filters signals by name and state, and finds the same again by its address', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    const url = await model.open();
    await open(url);
    await page.getByLabel('Name').fill('OUTPUTS');
    await saying('#filter-count', /^3 of \d+ signals$/);
    expect((await signals()).every((name) => name.startsWith('outputs.'))).toBe(true);
    await page.getByLabel('Name').fill('');
    await page.locator('#filter-state').selectOption('worsened');
    await page.locator('#filter-state').selectOption('open');
    const shared = page.url();
    await page.goto('about:blank');
    await page.goto(shared);
    await saying('#filter-count', /^\d of \d+ signals?$/);
    expect(await page.locator('#filter-state').inputValue()).toBe('open');
    await page.locator('#filter-name').fill('nothing');
    await saying('#signal-table', 'No signal is named so and in that state.');
  });

  it('opens a signal by a deep link and by keyboard, and the focus goes there', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    await open(await model.open(), {}, '#signal=outputs.p');
    await saying('#signal-title', 'outputs.p');
    await page.locator('#signal-table').getByRole('link', { name: 'c', exact: true }).focus();
    await page.keyboard.press('Enter');
    await saying('#signal-title', /^c$/);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('signal-title');
    expect(page.url()).toMatch(/#signal=c$/);
  });

  it('shows what is new every 15 seconds without losing the place, and not while it is paused', async () => {
    await model.run({ until: 8 });
    await open(await model.open());
    await saying('#verdict-title', 'Nothing has changed');
    const link = page.locator('#signal-table').getByRole('link', { name: 'outputs.p', exact: true });
    await link.focus();
    await page.evaluate(() => scrollTo(0, 300));
    const kept = await page.locator('#psi-figure figure').elementHandle();
    await model.run({ until: 12, shiftedFrom: 8 });
    await page.clock.runFor(15_000);
    await saying('#verdict-title', '1 incident open');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('signal outputs.p');
    expect(await kept?.evaluate((one) => one.isConnected)).toBe(true);
    await page.getByRole('button', { name: 'Pause updates' }).click();
    const before = asked.length;
    await page.clock.runFor(60_000);
    expect(asked.length).toBe(before);
    const next = page.waitForResponse(/v1\/monitor/);
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await next;
  });

  it('leaves what is shown as it is where nothing is new', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    await open(await model.open());
    await saying('#verdict-title', '1 incident open');
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver((changes) => seen.push(...changes.map(({ target }) => (target as Element).id))).observe(
        document.body,
        { childList: true, subtree: true },
      );
    });
    const before = await text('#updated');
    await page.clock.runFor(15_000);
    await expect.poll(() => text('#updated')).not.toBe(before);
    expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual(['updated']);
  });

  it('shows the distribution of any window that is chosen, by the list or in the chart, and finds it again by its address', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    await open(await model.open());
    await saying('#distribution caption', 'the window to 1 Jan 1970, 12:00');
    const firstRow = (): Promise<string> => page.locator('#distribution tbody tr').first().innerText();
    const newest = await firstRow();
    await page.getByRole('combobox', { name: /^Window/ }).selectOption('1970-01-01T05:00:00Z');
    await saying('#distribution caption', 'the window to 1 Jan 1970, 05:00');
    expect(await firstRow()).not.toBe(newest);
    expect(page.url()).toContain('window=1970-01-01T05%3A00%3A00Z');
    await page.reload();
    await saying('#distribution caption', 'the window to 1 Jan 1970, 05:00');
    expect(await page.getByRole('combobox', { name: /^Window/ }).inputValue()).toBe('1970-01-01T05:00:00Z');
    const chart = page.locator('#psi-figure .u-over');
    const { width } = (await chart.boundingBox()) ?? { width: NaN };
    await chart.click({ position: { x: width - 2, y: 50 } });
    await saying('#distribution caption', 'the window to 1 Jan 1970, 12:00');
    expect(await firstRow()).toBe(newest);
    await page.goto(page.url().replace(/window=[^&]*/, 'window=1969-12-31T00%3A00%3A00Z'));
    await page.reload();
    await saying('#distribution caption', 'the window to 1 Jan 1970, 12:00');
  });

  it('shows how each value of a slice did in the newest window whose labels have come', async () => {
    await model.run({ until: 12 });
    await open(await model.open());
    await saying('#slices caption', 'By c, in the newest window whose labels have come, to 1 Jan 1970, 10:00');
    const rows = await page.locator('#slices tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/).slice(0, 4))).toEqual([
      ['a', '50', '100', '%'],
      ['b', '50', '100', '%'],
    ]);
    await page.getByLabel('Metric').selectOption('auc');
    await saying('#slices tbody', 'not kept');
  });

  it('lets somebody say that they know of an incident, and that nobody is to be told of a signal for a while', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    await open(await model.open(['right']));
    await page.getByLabel('API key').fill('right');
    await page.getByLabel('API key').press('Enter');
    await saying('#signal-title', /^x$/);
    await page.getByLabel('Said by').fill('ada');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await saying('#words-said', 'x is acknowledged.');
    await model.hear();
    await later(() => page.locator('#incident-list li').filter({ hasText: 'known to ada' }).isVisible());
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'hidden' });
    await page.getByRole('combobox', { name: /^For/ }).selectOption('2h');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await saying('#words-said', 'Nobody is told of x.');
    await model.hear();
    const end = page.getByRole('button', { name: 'End silence until 1 Jan 1970, 14:00 (ada)' });
    await later(() => end.isVisible());
    await end.click();
    await saying('#words-said', 'Whoever is told is told again of x.');
    await model.hear();
    await later(() => page.locator('#end-silence').isHidden());
    expect(asked.some((one) => one.includes('right') || one.includes('ada'))).toBe(false);
  });

  it('says why where the monitor does not take what somebody says', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    await open(await model.open());
    await saying('#signal-title', /^x$/);
    await page.route('**/v1/monitor/silences', (route) =>
      route.fulfill({ status: 503, json: { detail: 'no broker answers' } }),
    );
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await saying('#words-said', 'Not said: no broker answers');
    expect(await text('#problem')).toBe('');
  });

  it('is the only one that may say anything to a door without keys: a page of another origin may not', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    const url = await model.open();
    await open(url);
    const other = createServer((_, response) => response.end('<!doctype html><title>other</title>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const silence = { method: 'POST', body: JSON.stringify({ signal: 'x', for: '2h' }) };
    const [answer] = await Promise.all([
      page.waitForResponse(/silences/),
      page.evaluate(
        ([door, said]) => fetch(`${door}/v1/monitor/silences`, { ...said, mode: 'no-cors' }).then(() => true),
        [url, silence] as const,
      ),
    ]);
    other.close();
    expect(answer.status()).toBe(403);
    expect((await fetch(`${url}/v1/monitor/silences`, silence)).status).toBe(202);
  });

  it('says so while nothing is known yet', async () => {
    await open(await model.open());
    await saying('#verdict-title', 'Nothing is known yet');
    expect(await text('#verdict-detail')).toContain('No window has closed.');
    expect(await page.locator('#known').isVisible()).toBe(false);
    expect(await violations()).toEqual([]);
  });

  it('says that a window is compared with the same hours of the week', async () => {
    await model.close();
    model = await WatchedModel.create({ seasonal: true });
    await model.run({ until: 4 });
    await open(await model.open(), {}, '#signal=x');
    await saying('#distribution caption', 'Shares in the reference of the same hours of the week and in the window to');
    expect(await violations()).toEqual([]);
  });

  it('says what a version without a profile is compared with', async () => {
    await model.close();
    model = await WatchedModel.create({ profiled: false });
    await model.run({ until: 6 });
    await open(await model.open());
    await saying('#verdict-detail', 'The reference of version 1, champion is its first 600 rows; it is not full');
    expect(await violations()).toEqual([]);
  });

  it('keeps what was known where the monitor does not answer, and says why', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    await open(await model.open());
    await saying('#verdict-title', '1 incident open');
    await page.route('**/v1/monitor**', (route) =>
      route.fulfill({ status: 503, json: { detail: 'no broker answers' } }),
    );
    await page.clock.runFor(15_000);
    await saying('#problem', 'Nothing new can be shown: no broker answers What is shown is older.');
    expect(await signals()).toContain('x');
    await page.unroute('**/v1/monitor**');
    await page.clock.runFor(15_000);
    await page.locator('#problem').waitFor({ state: 'hidden' });
  });

  it('asks for a key where the door wants one, and keeps it in the tab alone', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    const url = await model.open(['right']);
    await open(url);
    const field = page.getByLabel('API key');
    await field.waitFor();
    expect(await violations()).toEqual([]);
    await field.fill('wrong');
    await field.press('Enter');
    await saying('#key-problem', 'the key is not one of those configured.');
    await field.fill('right');
    await field.press('Enter');
    await saying('#verdict-title', '1 incident open');
    expect(asked.some((one) => one.includes('right'))).toBe(false);
    expect(await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([
      1,
      0,
      '',
    ]);
    await page.reload();
    await saying('#verdict-title', '1 incident open');
    await page.getByRole('button', { name: 'Forget key' }).click();
    await field.waitFor();
    expect(await page.locator('#known').isVisible()).toBe(false);
  });

  it('asks nothing of anybody but its own door, which lets it run nothing else', async () => {
    await model.run({ until: 12, shiftedFrom: 8 });
    const url = await model.open();
    await open(url);
    await saying('#verdict-title', '1 incident open');
    const own = [`${url}/monitor`, `${url}/v1/monitor`];
    expect(asked.filter((one) => !own.some((start) => one.startsWith(start)))).toEqual([]);
    expect(asked.length).toBeGreaterThan(10);
    const refused = await page.evaluate(
      () =>
        new Promise((resolve) => {
          document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
          const script = document.createElement('style');
          script.textContent = 'body { color: red }';
          document.head.append(script);
        }),
    );
    expect(refused).toBe('style-src-elem');
    complaints.length = 0; // of that
  });

  it.each([
    ['a desk', {}],
    ['a desk in the dark', { colorScheme: 'dark' }],
    ['a phone', PHONE],
    ['a phone in the dark', { ...PHONE, colorScheme: 'dark' }],
  ] as const)(
    'can be read by all on %s: axe finds nothing, and nothing is wider than the screen',
    async (_, options) => {
      await model.run({ until: 14, shiftedFrom: 8, secondFrom: 11 });
      await open(await model.open(), options);
      await saying('#verdict-title', /open/);
      for (const summary of await page.locator('summary:visible').all()) await summary.click();
      expect(await violations()).toEqual([]);
      expect(await tooWide()).toEqual([]);
      expect(await page.locator('h2[aria-live=polite]').innerText()).toMatch(/open/);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      for (const landmark of ['banner', 'main', 'contentinfo', 'search'] as const)
        expect(await page.getByRole(landmark).count()).toBe(1);
    },
  );
});
