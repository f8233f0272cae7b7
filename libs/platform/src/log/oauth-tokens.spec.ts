import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

import { ManualClock } from '@millrace/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OauthTokens } from './oauth-tokens.ts';

interface Asked {
  readonly authorization: string | undefined;
  readonly body: string;
}

describe('tokens for OAUTHBEARER', () => {
  let server: Server;
  let asked: Asked[];
  let answer: { readonly status: number; readonly body: string };
  let clock: ManualClock;

  const answerToken = (seconds?: number): void => {
    answer = { status: 200, body: JSON.stringify({ access_token: `token-${asked.length + 1}`, expires_in: seconds }) };
  };
  const tokens = (scope: string | null = null): OauthTokens =>
    new OauthTokens(
      {
        tokenUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/token`),
        id: 'me: & co',
        secret: 'p%ss',
        scope,
      },
      clock,
    );

  beforeEach(async () => {
    asked = [];
    clock = new ManualClock();
    answerToken(100);
    server = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push({ authorization: request.headers.authorization, body });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('are asked for by client credentials, in the words of RFC 6749', async () => {
    expect(await tokens('kafka read').token()).toBe('token-1');
    const basic = Buffer.from('me%3A+%26+co:p%25ss').toString('base64');
    expect(asked).toEqual([
      { authorization: `Basic ${basic}`, body: 'grant_type=client_credentials&scope=kafka+read' },
    ]);
  });

  it('are asked for once, by whoever comes first, until a fifth of their time is left', async () => {
    const found = tokens();
    expect(await Promise.all([found.token(), found.token()])).toEqual(['token-1', 'token-1']);
    clock.advance(79_000);
    expect(await found.token()).toBe('token-1');
    answerToken(100);
    clock.advance(2000);
    expect(await Promise.all([found.token(), found.token()])).toEqual(['token-2', 'token-2']);
    expect(asked).toHaveLength(2);
  });

  it('without a life are used once', async () => {
    const found = tokens();
    answerToken();
    expect(await found.token()).toBe('token-1');
    answerToken();
    expect(await found.token()).toBe('token-2');
  });

  it.each([
    [401, '{"error":"invalid_client"}', /no token from http:\S+\/token: it answers 401, invalid_client$/],
    [503, 'away', /it answers 503$/],
    [200, '{}', /its answer has no access_token$/],
    [200, 'welcome', /its answer has no access_token$/],
  ])('are asked for again after an answer of %i with %s, which is said', async (status, body, says) => {
    const found = tokens();
    answer = { status, body };
    await expect(found.token()).rejects.toThrow(says);
    answerToken(100);
    expect(await found.token()).toBe('token-2');
  });

  it('that nobody gives are an error that says where they were asked for', async () => {
    const found = tokens();
    await new Promise((resolve) => server.close(resolve));
    await expect(found.token()).rejects.toThrow(/no token from http:\S+\/token: /);
  });

  it('in a file are read each time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-token-'));
    const file = join(folder, 'token');
    const found = new OauthTokens({ tokenUrl: pathToFileURL(file), id: '', secret: '', scope: null }, clock);
    await writeFile(file, 'one\n');
    expect(await found.token()).toBe('one');
    await writeFile(file, 'two\n');
    expect(await found.token()).toBe('two');
    await rm(folder, { recursive: true });
    await expect(found.token()).rejects.toThrow(/ENOENT/);
  });
});
