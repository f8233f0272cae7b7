/** Started by `session-bytes.ts` as a process of its own: says how much it grows by with each further session of a model. */
import { OnnxSession } from './onnx-session.ts';

/** The first session pays for the runtime, too. */
const FURTHER = 4;

const [modelFile = '', ...providers] = process.argv.slice(2);
const sessions = [await OnnxSession.open(modelFile, providers)];
const before = process.memoryUsage.rss();
while (sessions.length <= FURTHER) sessions.push(await OnnxSession.open(modelFile, providers));
process.send?.(Math.max(0, process.memoryUsage.rss() - before) / FURTHER);
