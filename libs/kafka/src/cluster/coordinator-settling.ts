import { protocolErrorType } from '../requests/protocol-error.ts';

const SETTLING = ['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'];

/**
 * Whether a coordinator answers that it is just starting, or moving to another broker: asked again in a moment, it or its
 * heir will know. Nothing was done.
 */
export function isCoordinatorSettling(error: unknown): boolean {
  return SETTLING.includes(protocolErrorType(error) ?? '');
}
