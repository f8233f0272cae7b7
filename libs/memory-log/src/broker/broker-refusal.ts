import { AppError, type ErrorCode } from '@millrace/core';

/** Kafka's names for what the broker refuses, and what each means to Millrace (as in the Kafka adapter). */
const CODES = {
  UNKNOWN_MEMBER_ID: 'REBALANCED',
  ILLEGAL_GENERATION: 'REBALANCED',
  REBALANCE_IN_PROGRESS: 'REBALANCED',
  FENCED_INSTANCE_ID: 'INSTANCE_FENCED',
  INVALID_PRODUCER_EPOCH: 'PRODUCER_FENCED',
  INVALID_TXN_STATE: 'PRODUCER_FENCED',
  CONCURRENT_TRANSACTIONS: 'LOG_UNAVAILABLE',
  UNSTABLE_OFFSET_COMMIT: 'LOG_UNAVAILABLE',
  NOT_COORDINATOR: 'LOG_UNAVAILABLE',
} as const satisfies Record<string, ErrorCode>;

export type RefusalType = keyof typeof CODES;

/** What the broker answers instead of doing it. Its client knows which of them pass by themselves. */
export class BrokerRefusal extends AppError {
  readonly type: RefusalType;

  constructor(type: RefusalType, detail: string) {
    super(CODES[type], `${detail} (${type})`);
    this.type = type;
  }
}

export function refusalType(error: unknown): RefusalType | null {
  return error instanceof BrokerRefusal ? error.type : null;
}
