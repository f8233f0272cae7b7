import { protocolErrorType } from '../requests/protocol-error.ts';
import { isOn } from '../safeguards.ts';

const MOVING = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'NETWORK_EXCEPTION',
  'LISTENER_NOT_FOUND',
];

/**
 * Whether a broker answers that it does not lead the partition (any more, or not yet: it hears of a new topic a little
 * later than those who ask for it). With metadata asked anew, the next try finds the leader.
 */
export function isLeaderMoving(error: unknown): boolean {
  return isOn('leader-retries') && MOVING.includes(protocolErrorType(error) ?? '');
}
