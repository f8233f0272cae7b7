import { readFile } from 'node:fs/promises';

import { ManualClock } from '@millrace/core/testing';
import { Ajv } from 'ajv';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Delivery } from './alert-sink.ts';
import { AlertmanagerSink } from './alertmanager-sink.ts';
import { SlackSink } from './slack-sink.ts';
import { AlertReceiver } from './testing/alert-receiver.ts';
import { alertRecordOf, someAlert } from './testing/some-alert.ts';
import { WebhookSink } from './webhook-sink.ts';

const SECRET = Buffer.alloc(32, 7);
const NEVER = new AbortController().signal;
const DAY_MS = 86_400_000;

describe('a sink by HTTP', () => {
  let receiver: AlertReceiver;
  beforeEach(async () => {
    receiver = await AlertReceiver.open();
  });
  afterEach(() => receiver.close());

  const sent = (): Record<string, unknown> => JSON.parse(receiver.posts.at(-1)?.body ?? '') as Record<string, unknown>;

  describe('webhook', () => {
    /** The library checks the time of the signature against the wall clock. */
    const clock = new ManualClock(Date.now());
    const webhook = (): WebhookSink => new WebhookSink(receiver.url, SECRET, clock);

    it('posts the alert as a CloudEvent that the library of Standard Webhooks finds signed', async () => {
      expect(await webhook().send(someAlert(), NEVER)).toEqual({ outcome: 'taken' });
      const [post] = receiver.posts;
      expect(post?.path).toBe('/hook');
      expect(post?.headers['content-type']).toBe('application/cloudevents+json');
      const library = new Webhook(`whsec_${SECRET.toString('base64')}`);
      const headers = post?.headers as Record<string, string>;
      expect(library.verify(post?.body ?? '', headers)).toEqual({
        specversion: '1.0',
        type: 'millrace.incident.opened',
        source: '/millrace/bench',
        id: '1/champion/2013-12-09T05:00:00Z/outputs.p/1',
        time: '2013-12-09T05:00:00Z',
        datacontenttype: 'application/json',
        data: JSON.parse(String(alertRecordOf().value)),
      });
      expect(() => library.verify(`${post?.body} `, headers)).toThrow();
      expect(() =>
        new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(post?.body ?? '', headers),
      ).toThrow();
    });

    it('has the trace in its attributes, as the extension for distributed tracing says, where there is one', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await webhook().send({ ...someAlert(), traceparent }, NEVER);
      expect(sent()).toMatchObject({ specversion: '1.0', traceparent });
    });

    it('keeps the id with each try, and signs the time of each', async () => {
      await webhook().send(someAlert(), NEVER);
      clock.advance(60_000);
      await webhook().send(someAlert(), NEVER);
      await webhook().send(someAlert({ event: 'worsened' }), NEVER);
      const [first, again, worsened] = receiver.posts.map(({ headers }) => headers);
      expect(again?.['webhook-id']).toBe(first?.['webhook-id']);
      expect(Number(again?.['webhook-timestamp'])).toBe(Number(first?.['webhook-timestamp']) + 60);
      expect(worsened?.['webhook-id']).not.toBe(first?.['webhook-id']);
      expect(first?.['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/); // no full stop: it ends the id in what is signed
    });
  });

  describe('slack', () => {
    const send = (...args: Parameters<typeof someAlert>): Promise<Delivery> =>
      new SlackSink(receiver.url).send(someAlert(...args), NEVER);

    it('posts a text that says what, since when, how much and where', async () => {
      expect(await send({ signal: 'outputs.p' })).toEqual({ outcome: 'taken' });
      expect(sent()).toEqual({
        text: `*[warning] outputs.p opened: m 1*
• window 2013-12-02T05:00:00Z to 2013-12-09T05:00:00Z, 6,440 rows
• changed since 2013-11-11T05:00:00Z
• effect 0.334 (floor 0.1)
• moved: (0.364, +inf) from 10 % to 25 %
• incident 1/champion/2013-12-09T05:00:00Z/outputs.p`,
      });
    });

    it('names an example, and a trace, where it has them', async () => {
      await send({ example: 'id 7', links: { page: 'monitor#', trace: '0af7651916cd43dd8448eb211c80319c' } });
      expect(sent()['text']).toMatch(
        /\n• for example id 7\n• incident .*\n• a prediction of the window is in trace 0af7651916cd43dd8448eb211c80319c$/,
      );
    });

    it('says where to look, where the address of the monitor is known', async () => {
      await send({}, [], 'https://monitor.example/flights/');
      expect(sent()['text']).toMatch(/\n• to look at: https:\/\/monitor\.example\/flights\/monitor#signal=outputs\.p$/);
    });

    it('leaves no mark-up in what is told: a name cannot call the whole channel', async () => {
      await send({ signal: '<!channel> & co' });
      expect(sent()['text']).toContain('[warning] &lt;!channel&gt; &amp; co opened');
    });

    it('says of an alert whose incident is over that it is', async () => {
      await send({}, [alertRecordOf({ event: 'resolved' })]);
      expect(sent()['text']).toContain('it is resolved by now');
      await send({}, [alertRecordOf({ event: 'resolved', id: 'another' })]);
      expect(sent()['text']).not.toContain('by now');
    });

    it('says how late it is told', async () => {
      await new SlackSink(receiver.url).send({ ...someAlert(), ageMs: 3 * 3_600_000 }, NEVER);
      expect(sent()['text']).toContain('told 3 hours late');
    });
  });

  describe('alertmanager', () => {
    const clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
    const alertmanager = (): AlertmanagerSink => new AlertmanagerSink(new URL('/am/', receiver.url), 'flights', clock);
    const send = async (...args: Parameters<typeof someAlert>): Promise<Record<string, unknown>> => {
      expect(await alertmanager().send(someAlert(...args), NEVER)).toEqual({ outcome: 'taken' });
      return (JSON.parse(receiver.posts.at(-1)?.body ?? '') as Record<string, unknown>[])[0] ?? {};
    };

    it('posts what the definition of API v2 asks for, to its path', async () => {
      const definition = JSON.parse(
        await readFile(new URL('alertmanager-api.fixture.json', import.meta.url), 'utf8'),
      ) as object;
      const ajv = new Ajv({ formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, uri: true } });
      const validate = ajv.compile({ ...definition, $ref: '#/definitions/postableAlerts' });
      await send();
      expect(receiver.posts[0]?.path).toBe('/am/api/v2/alerts');
      expect([validate(JSON.parse(receiver.posts[0]?.body ?? '')), validate.errors]).toEqual([true, null]);
      expect(validate([{ labels: { alertname: 1 } }])).toBe(false);
    });

    it('makes one alert of an incident, from its opening until now where it is resolved', async () => {
      const opened = await send();
      const resolved = await send({ event: 'resolved' });
      expect(resolved['labels']).toEqual(opened['labels']);
      expect(opened).toMatchObject({
        labels: {
          alertname: 'MillraceIncident',
          pipeline: 'flights',
          signal: 'outputs.p',
          severity: 'warning',
          incident: '1/champion/2013-12-09T05:00:00Z/outputs.p',
        },
        annotations: { summary: '[warning] outputs.p opened: m 1' },
        startsAt: '2013-12-09T05:00:00.000Z',
      });
      expect(Date.parse(String(opened['endsAt']))).toBeGreaterThan(clock.now() + 300 * DAY_MS);
      expect(resolved['endsAt']).toBe('2026-01-01T00:00:00.000Z');
      expect(await send({}, [alertRecordOf({ event: 'resolved' })])).toMatchObject({ endsAt: resolved['endsAt'] });
    });

    it('has the page of the monitor for what generated it, where its address is known', async () => {
      expect(await send({}, [], 'https://monitor.example')).toMatchObject({
        generatorURL: 'https://monitor.example/monitor#signal=outputs.p',
      });
      expect(await send()).not.toHaveProperty('generatorURL');
    });

    it('starts no alert after now: event time may be ahead', async () => {
      expect(await send({ event: 'resolved', opened_at: '2026-01-01T00:30:00Z' })).toMatchObject({
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '2026-01-01T00:00:00.000Z',
      });
    });
  });

  describe('what the receiver answers', () => {
    const send = (signal = NEVER): Promise<Delivery> => new SlackSink(receiver.url).send(someAlert(), signal);

    it.each([400, 413, 422])('%s refuses this alert', async (status) => {
      receiver.answer = () => ({ status, body: 'invalid_payload' });
      expect(await send()).toEqual({ outcome: 'refused', why: `it answers ${status} (invalid_payload)` });
    });

    it.each([302, 401, 404, 410, 429, 500, 503])('%s is a failure that may pass', async (status) => {
      receiver.answer = () => ({ status, headers: { location: 'http://127.0.0.1:1/' } });
      expect(await send()).toEqual({ outcome: 'failed', why: `it answers ${status}` });
    });

    it('may ask for a pause', async () => {
      receiver.answer = () => ({ status: 429, headers: { 'retry-after': '30' } });
      expect(await send()).toEqual({ outcome: 'failed', why: 'it answers 429', afterMs: 30_000 });
    });

    it('nothing, and nobody there, are failures, too', async () => {
      receiver.answer = () => null;
      const stop = new AbortController();
      const waits = send(stop.signal);
      await receiver.until(1);
      stop.abort(new Error('it took too long'));
      expect(await waits).toEqual({ outcome: 'failed', why: 'it took too long' });
      await receiver.close();
      expect(await send()).toMatchObject({ outcome: 'failed', why: expect.stringContaining('ECONNREFUSED') });
    });

    it('is asked with user and password of the URL', async () => {
      const url = new URL(receiver.url);
      [url.username, url.password] = ['me', 'p%40ss'];
      expect(await new SlackSink(url).send(someAlert(), NEVER)).toEqual({ outcome: 'taken' });
      expect(receiver.posts[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    });
  });
});
