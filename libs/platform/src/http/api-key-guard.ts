import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { ApiKeys } from './api-keys.ts';

/** Lets in who has a key; a module that uses it provides `ApiKeys`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  readonly #keys: ApiKeys;

  constructor(keys: ApiKeys) {
    this.#keys = keys;
  }

  /** @throws AppError `UNAUTHORIZED` */
  canActivate(context: ExecutionContext): boolean {
    this.#keys.check(context.switchToHttp().getRequest<FastifyRequest>().headers.authorization);
    return true;
  }
}
