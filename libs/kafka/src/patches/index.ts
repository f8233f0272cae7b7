/** A side effect, and the first import of whatever loads kafkajs: changes what of kafkajs 2.2.4 must not stay as it is. */
import { patchFrame } from './one-allocation-request.ts';
import { patchRequestQueueTimer } from './request-queue-timer.ts';

patchFrame();
patchRequestQueueTimer();
