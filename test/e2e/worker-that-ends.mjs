/** Loaded by NODE_OPTIONS: a worker of a model ends at once when a row begins with 666, as one that crashes does. */
import { parentPort, workerData } from 'node:worker_threads';

if (workerData?.modelFile)
  parentPort.on('message', ({ vectors }) => {
    if (vectors?.[0] === 666) process.exit(3);
  });
