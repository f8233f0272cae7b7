import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';

import { SmtpSink } from './smtp-sink.ts';
import { someAlert } from './testing/some-alert.ts';

const NEVER = new AbortController().signal;

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

describe('a sink by e-mail', () => {
  const mails: Mail[] = [];
  let server: SMTPServer;

  /** A mail server that keeps what it takes. */
  async function serve(options: SMTPServerOptions = {}): Promise<URL> {
    mails.length = 0;
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          mails.push({
            from,
            to: envelope.rcptTo.map(({ address }) => address),
            text: Buffer.concat(chunks).toString(),
          });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    const { server: socket } = server as unknown as { readonly server: Server };
    if (!socket.listening) await once(socket, 'listening');
    return new URL(`smtp://127.0.0.1:${(socket.address() as AddressInfo).port}`);
  }

  afterEach(() => new Promise<void>((resolve) => server.close(resolve)));

  const sink = (url: URL): SmtpSink =>
    new SmtpSink({ url, from: 'Millrace <millrace@a.example>', to: ['ops@a.example', 'ml@a.example'] });
  const header = (mail: Mail | undefined, name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, 'im').exec(mail?.text ?? '')?.[1]?.trim();

  it('mails the alert to everybody, what it is in the subject', async () => {
    expect(await sink(await serve()).send(someAlert(), NEVER)).toEqual({ outcome: 'taken' });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: 'millrace@a.example', to: ['ops@a.example', 'ml@a.example'] });
    expect(header(mails[0], 'Subject')).toBe('[warning] outputs.p opened: m 1');
    expect(mails[0]?.text).toMatch(/^effect 0.334 \(floor 0.1\)\r$/m);
  });

  it('makes one thread of an incident, and one mail of an alert, however often it is told', async () => {
    const url = await serve();
    for (const event of ['opened', 'opened', 'worsened'] as const) await sink(url).send(someAlert({ event }), NEVER);
    await sink(url).send(someAlert({ id: 'another' }), NEVER);
    const ids = mails.map((mail) => header(mail, 'Message-ID'));
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    const threads = mails.map((mail) => header(mail, 'References'));
    expect(threads[2]).toBe(threads[0]);
    expect(threads[3]).not.toBe(threads[0]);
  });

  it('logs in as the URL says, and takes a wrong password for a failure that may pass', async () => {
    const url = await serve({
      authOptional: false,
      onAuth: ({ username, password }, _session, done) =>
        username === 'me' && password === 'p@ss' ? done(null, { user: 'me' }) : done(new Error('no')),
    });
    [url.username, url.password] = ['me', 'p%40ss'];
    expect(await sink(url).send(someAlert(), NEVER)).toEqual({ outcome: 'taken' });
    url.password = 'wrong';
    expect(await sink(url).send(someAlert(), NEVER)).toMatchObject({
      outcome: 'failed',
      why: expect.stringMatching(/535/),
    });
  });

  it('is refused where the server does not want this mail, and fails where it cannot take any', async () => {
    const answering = (responseCode: number): SMTPServerOptions => ({
      onMailFrom: (_address, _session, done) => done(Object.assign(new Error('no'), { responseCode })),
    });
    const url = await serve(answering(554));
    expect(await sink(url).send(someAlert(), NEVER)).toMatchObject({ outcome: 'refused' });
    await new Promise<void>((resolve) => server.close(resolve));
    expect(await sink(await serve(answering(451))).send(someAlert(), NEVER)).toMatchObject({ outcome: 'failed' });
  });

  it('ends early when it is told to', async () => {
    const connected = Promise.withResolvers<() => void>();
    const url = await serve({ onConnect: (_session, greet) => connected.resolve(() => greet(new Error('too late'))) });
    const stop = new AbortController();
    const waits = sink(url).send(someAlert(), stop.signal);
    const greet = await connected.promise; // and does not, meanwhile
    stop.abort(new Error('the monitor stops'));
    expect(await waits).toEqual({ outcome: 'failed', why: 'the monitor stops' });
    greet();
  });
});
