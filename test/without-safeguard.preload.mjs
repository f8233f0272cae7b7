/** What `without-safeguard.setup.ts` does, in a process that a test has started. */
import { switchOffFor } from '@millrace/kafka/testing';

const name = process.env['MILLRACE_TEST_WITHOUT'];
if (name !== undefined) switchOffFor(name);
