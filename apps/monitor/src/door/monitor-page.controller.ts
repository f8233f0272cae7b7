import { Controller, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { PageFile } from './page-files.ts';

export const PAGE_FILES: unique symbol = Symbol('page files');

/** Nothing but what this door serves, no text that becomes mark-up or a script, in nobody's frame. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

/** `GET /monitor`: the page for people. It holds no data and asks `/v1/monitor` for them, with a key where that wants one. */
@Controller('monitor')
@ApiExcludeController()
export class MonitorPageController {
  readonly #files: ReadonlyMap<string, PageFile>;

  constructor(@Inject(PAGE_FILES) files: ReadonlyMap<string, PageFile>) {
    this.#files = files;
  }

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    // its links are relative to /monitor, so that it may lie behind a path of a proxy's
    if (/^[^?]*\/(\?|$)/.test(request.url)) void reply.redirect('../monitor', 308);
    else this.#send('index.html', request, reply);
  }

  @Get(':file')
  file(@Param('file') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.#send(name, request, reply);
  }

  #send(name: string, request: FastifyRequest, reply: FastifyReply): void {
    const file = this.#files.get(name);
    if (!file) throw new NotFoundException(`found the file ${name}; the page has none of that name.`);
    void reply.headers({ ...HEADERS, etag: file.tag });
    if (request.headers['if-none-match'] === file.tag) void reply.status(304).send();
    else void reply.type(file.type).send(file.body);
  }
}
