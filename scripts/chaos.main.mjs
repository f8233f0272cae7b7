/** `npm run chaos -- --minutes N --seed S`: the integrity suite's faults for as long as you like. What is done is in test/chaos/. */
import { step } from './step.mjs';

const RUN = ['--conditions=@millrace/source', 'test/chaos/chaos.ts'];
process.exitCode = await step(process.execPath, [...RUN, ...process.argv.slice(2)]);
