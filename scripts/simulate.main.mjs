/** `npm run simulate -- [--seeds N] [--seed S]`: the whole pipeline under scripted faults, on virtual time. */
import { step } from './step.mjs';

const args = ['--conditions=@millrace/source', 'test/simulation/simulate.ts', ...process.argv.slice(2)];
process.exitCode = await step(process.execPath, args);
