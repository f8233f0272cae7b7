import type { Header, Headers } from './record.ts';

/** On a record of an event that another feature set answers for: should it fail here, that set has made its dead letter. */
export const ANSWERED_ELSEWHERE: Header = ['answered-elsewhere', null];

export function isAnsweredElsewhere(headers: Headers): boolean {
  return headers.some(([name]) => name === ANSWERED_ELSEWHERE[0]);
}
