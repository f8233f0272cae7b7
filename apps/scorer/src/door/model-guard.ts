import { ApiKeyGuard, type KeyHolder } from '@millrace/platform';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Lets in who may ask the model that the path names. */
@Injectable()
export class ModelGuard extends ApiKeyGuard {
  /** @throws AppError `FORBIDDEN` */
  protected override allow(holder: KeyHolder, { params }: FastifyRequest): void {
    holder.checkModel((params as { readonly model: string }).model);
  }
}
