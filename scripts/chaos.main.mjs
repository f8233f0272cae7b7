/**
 * `npm run chaos -- --minutes N --seed S`: the integrity suite's faults for as long as you like, on one stage.
 * `npm run chaos -- --pipeline [--events N | --file EVENTS] [--rate N | --rate max] [--kills N] [--freezes N] [--brokers N]
 * [--on SERVICES] [--seed S] [--to TIME] [--twice]`: the flights pipeline, all services in processes of their own, killed, frozen and cut off
 * while the events come. What is done is in test/chaos/.
 */
import { step } from './step.mjs';

const args = process.argv.slice(2);
const rest = args.filter((arg) => arg !== '--pipeline');
const file = rest.length < args.length ? 'test/chaos/pipeline/pipeline-chaos.ts' : 'test/chaos/chaos.ts';
if ((await step('tsc', ['-b'])) !== 0) process.exit(1);
process.exitCode = await step(process.execPath, ['--conditions=@millrace/source', file, ...rest]);
