import { inject } from 'vitest';

import { deleteTopics } from './delete-topics.ts';

/** Deletes the test broker's topics that begin so. */
export function removeTopics(prefix: string): Promise<void> {
  return deleteTopics(prefix, inject('brokers'));
}
