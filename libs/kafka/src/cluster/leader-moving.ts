import { protocolErrorType } from '../requests/protocol-error.ts';

const MOVING = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
];

/**
 * Whether a broker answers that it does not lead the partition (any more, or not yet: it hears of a new topic a little
 * later than those who ask for it). With metadata asked anew, the next try finds the leader.
 */
export function isLeaderMoving(error: unknown): boolean {
  return MOVING.includes(protocolErrorType(error) ?? '');
}
