import { AppError, type Clock } from '@millrace/core';

import { FolderStore } from './folder-store.ts';
import type { ModelStore } from './model-store.ts';
import type { ModelStoreSettings } from './s3-settings.ts';
import { S3Store } from './s3-store.ts';

/** What a store in another place needs; a folder needs nothing. */
export interface StoreOptions {
  readonly settings: ModelStoreSettings;
  readonly clock: Clock;
}

/**
 * The store of a location, as a plan has it.
 *
 * @param location an absolute folder, or `s3://bucket/prefix`
 * @throws AppError `CONFIG_INVALID`
 */
export function openModelStore(location: string, options?: StoreOptions): ModelStore {
  if (!location.startsWith('s3://')) return new FolderStore(location);
  if (!options) throw new AppError('CONFIG_INVALID', `${location} is opened without settings of a store.`);
  return new S3Store(location, options.settings, options.clock);
}
