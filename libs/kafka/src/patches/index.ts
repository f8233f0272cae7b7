/** A side effect: what of kafkajs 2.2.4 must not stay as it is for anybody in the process. */
import { patchRequestQueueTimer } from './request-queue-timer.ts';

patchRequestQueueTimer();
