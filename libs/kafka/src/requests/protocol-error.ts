import { protocolErrors } from '../cluster/internals.ts';

/** Codes that kafkajs 2.2.4 does not know. */
const NEWER_CODES: Readonly<Record<number, string>> = {
  89: 'THROTTLING_QUOTA_EXCEEDED',
  90: 'PRODUCER_FENCED',
  120: 'TRANSACTION_ABORTABLE',
};

/** A broker's error code, by name. https://kafka.apache.org/protocol#protocol_error_codes */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: number;
  readonly type: string;

  constructor(code: number) {
    const known = protocolErrors.find((error) => error.code === code);
    const type = NEWER_CODES[code] ?? known?.type ?? `error code ${code}`;
    super(known ? `${type}: ${known.message}` : type);
    this.code = code;
    this.type = type;
  }
}

export function assertNoError(code: number): void {
  if (code !== 0) throw new ProtocolError(code);
}

/** The broker's name of the error, where it is one of its own. */
export function protocolErrorType(error: unknown): string | null {
  return error instanceof ProtocolError ? error.type : null;
}
