import { isAppError } from '@millrace/core';

/** What one check has found. */
export interface Finding {
  readonly check: string;
  /** `unknown`: it could not be looked at. */
  readonly state: 'ok' | 'warning' | 'failed' | 'unknown';
  /** What was found, and what to do. */
  readonly text: string;
}

/** What a check that could be made has to say. */
export type Said = Omit<Finding, 'check'>;

export const ok = (text: string): Said => ({ state: 'ok', text });
export const warning = (text: string): Said => ({ state: 'warning', text });
export const unknown = (text: string): Said => ({ state: 'unknown', text });

/** One check; what it throws of what users can meet is what it has found. */
export async function finding(check: string, look: () => Promise<Said>): Promise<Finding> {
  try {
    return { check, ...(await look()) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { check, state: 'failed', text: `${error.title} (${error.code}): ${error.detail}` };
  }
}
