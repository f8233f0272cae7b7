import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Above the ten seconds before its end at which a client logs in anew. */
const LIFE_S = 12;

export const passwordOf = (name: string): string => `the password of ${name}`;

/** Gives whoever knows the password of a name a token of that name, as a token endpoint does (RFC 6749 section 4.4). */
export class TokenEndpoint {
  readonly url: string;
  readonly #server: Server;

  static async open(): Promise<TokenEndpoint> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const name = knownName(request.headers.authorization ?? '');
        const isKnown = name !== null && body === 'grant_type=client_credentials';
        const answer = isKnown ? { access_token: tokenOf(name), expires_in: LIFE_S } : { error: 'invalid_client' };
        response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TokenEndpoint(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** Null: the password is wrong. RFC 6749 section 2.3.1. */
function knownName(authorization: string): string | null {
  const pair = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  const [name = '', secret] = pair.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  return secret === passwordOf(name) ? name : null;
}

/** RFC 7519 section 6: an unsecured JWT. */
function tokenOf(sub: string): string {
  const iat = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub, iat, exp: iat + LIFE_S })}.`;
}
