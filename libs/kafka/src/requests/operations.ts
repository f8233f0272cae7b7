import type { Operation } from '@millrace/stream';

/** Kafka's codes of operations (`AclOperation`): bits of the sets that it answers. */
const CODES: Readonly<Record<Operation, number>> = { Read: 3, Write: 4, Describe: 8, DescribeConfigs: 10 };
const NOT_ASKED = -(2 ** 31);

/** The operations in an answered set, of those that matter here; null where the set was not asked for. */
export function operationsOf(bits: number): ReadonlySet<Operation> | null {
  if (bits === NOT_ASKED) return null;
  const operations = Object.keys(CODES) as Operation[];
  return new Set(operations.filter((operation) => (bits & (1 << CODES[operation])) !== 0));
}
