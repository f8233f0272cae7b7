import { Injectable } from '@nestjs/common';

import { ApiKeyGuard } from './api-key-guard.ts';
import type { KeyHolder } from './key-holder.ts';

/** Lets in who may do everything: what it guards tells of more than a right names, or changes it. */
@Injectable()
export class FullKeyGuard extends ApiKeyGuard {
  /** @throws AppError `FORBIDDEN` */
  protected override allow(holder: KeyHolder): void {
    holder.checkModel(null);
  }
}
