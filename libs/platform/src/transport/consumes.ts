import type { StageOutput } from '@millrace/stream';
import { EventPattern } from '@nestjs/microservices';
import type { Observable } from 'rxjs';

import type { RecordBatch } from './record-batch.ts';

/** The transport of `@Consumes`: a controller may have handlers for other transports beside it. */
export const STREAM: unique symbol = Symbol('millrace.stream');

export type BatchHandler = (batch: RecordBatch) => StageOutput | Promise<StageOutput> | Observable<StageOutput>;

/**
 * Marks the method that processes all records of a topic, a batch at a time. The topic is named by its role, such as
 * `events` or `features`: its name in the log comes from the plan.
 *
 * ```ts
 * @Consumes('features')
 * score(batch: RecordBatch): Promise<StageOutput> { return this.stage.process(batch.records); }
 * ```
 */
export function Consumes(topic: string) {
  return <T extends BatchHandler>(target: object, property: string, descriptor: TypedPropertyDescriptor<T>): void => {
    // typed for handlers of any shape: which shape it must be is said by the descriptor's type
    const mark = EventPattern(topic, STREAM, { topic }) as MethodDecorator;
    mark(target, property, descriptor);
  };
}
