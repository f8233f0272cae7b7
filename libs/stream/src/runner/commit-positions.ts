import type { CommitPosition } from '../ports/transactional-producer.ts';
import type { InputLane } from './input-lane.ts';
import { encodeMarker } from './marker.ts';
import type { Task } from './task.ts';

/** Step 4: where each lane of the task stands after the batch, with its marker. Notes the ends. */
export function commitPositions(task: Task, ends: Map<InputLane, number>): readonly CommitPosition[] {
  return task.lanes.map((lane) => {
    const { topic, partition, position: offset } = lane;
    const { keepFrom, body } = task.state.marker(lane);
    ends.set(lane, offset);
    const number = (lane.committed?.number ?? 0) + 1;
    return { topic, partition, offset, metadata: encodeMarker({ number, keepFrom: keepFrom ?? offset, body }) };
  });
}
