import { switchOffFor } from '@millrace/kafka/testing';

/**
 * `MILLRACE_TEST_WITHOUT=NAME`: runs all tests without one of the Kafka client's safeguards, to see which of them catch
 * that. Processes that a test starts are without it, too.
 */
const name = process.env['MILLRACE_TEST_WITHOUT'];
if (name !== undefined) {
  switchOffFor(name);
  const preload = new URL('without-safeguard.preload.mjs', import.meta.url).href;
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${preload}`;
}
