import type { RequestName } from '@millrace/memory-log';

import type { Service } from '../pipeline/stages.ts';

/** Something that goes wrong at a virtual time. `role` names an instance of a service: `scorer-1`. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'crash'; readonly role: string; readonly backMs: number }
  | { readonly kind: 'stop'; readonly role: string; readonly backMs: number }
  | { readonly kind: 'freeze'; readonly role: string; readonly forMs: number }
  /** Frozen, replaced by a new process under the same names, and woken. */
  | { readonly kind: 'replace'; readonly role: string; readonly forMs: number }
  /** A second process under the same names beside the first. */
  | { readonly kind: 'twin'; readonly role: string; readonly forMs: number }
  | { readonly kind: 'jump'; readonly role: string; readonly byMs: number }
  | {
      readonly kind: 'weather';
      readonly role: string | null;
      readonly forMs: number;
      readonly request: RequestName | null;
      readonly lostRequests: number;
      readonly lostAnswers: number;
      readonly lateRequests: number;
    }
  | { readonly kind: 'coordinators'; readonly of: 'groups' | 'transactions'; readonly forMs: number }
  | { readonly kind: 'broker'; readonly forMs: number }
  /** The ends of transactions take so long to reach partitions and groups. */
  | { readonly kind: 'markers'; readonly forMs: number; readonly mostMs: number }
  | { readonly kind: 'model'; readonly role: string; readonly forMs: number; readonly eachMs: number }
  /** Instances come and go. */
  | { readonly kind: 'storm'; readonly service: Service; readonly times: number; readonly everyMs: number }
  /** The log forgets what no marker needs; or, as retention may, what one does. */
  | { readonly kind: 'cut'; readonly needed: boolean }
);

export type FaultKind = Fault['kind'];

/** When it is over, virtual milliseconds. */
export function endOf(fault: Fault): number {
  if ('forMs' in fault) return fault.atMs + fault.forMs;
  if ('backMs' in fault) return fault.atMs + fault.backMs;
  return fault.kind === 'storm' ? fault.atMs + (fault.times + 1) * fault.everyMs : fault.atMs;
}
