/** Loaded by NODE_OPTIONS: a worker of a model ends at once when a row begins with 666, as one that crashes does. */
import { parentPort, workerData } from 'node:worker_threads';

/** A slot is shown once, and named by its number from then on. */
const vectors = new Map();

if (workerData?.modelFile)
  parentPort.on('message', ({ slot }) => {
    if (slot?.vectors) vectors.set(slot.id, slot.vectors);
    if (vectors.get(slot?.id ?? slot)?.[0] === 666) process.exit(3);
  });
