import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { ApiKeys } from './api-keys.ts';
import type { KeyHolder } from './key-holder.ts';

/** Lets in who has a key; a module that uses it provides `ApiKeys`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  readonly #keys: ApiKeys;

  constructor(keys: ApiKeys) {
    this.#keys = keys;
  }

  /** @throws AppError `UNAUTHORIZED`, `RATE_EXCEEDED`, and what `allow` throws */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.allow(this.#keys.admit(request.headers.authorization), request);
    return true;
  }

  /** What more is asked than a key. */
  protected allow(_holder: KeyHolder, _request: FastifyRequest): void {}
}
