import { MemoryBroker } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { decodeMarker, type CommitPosition } from '@millrace/stream';

import { allPartitions } from '../audit/all-partitions.ts';
import type { Auditor } from '../audit/auditor.ts';
import type { Scenario } from '../script/scenario.ts';
import type { MarkerDelays } from '../world/marker-delays.ts';
import { WorldClock } from '../world/world-clock.ts';
import type { World } from '../world/world.ts';

/** A prediction with a long id does not fit: the log refuses it, and its vector becomes a dead letter. */
const MOST_PREDICTION_BYTES = '700';

/** A broker with the plans' topics. */
export function simulatedBroker(
  { plan, next, setting, trims }: Scenario,
  world: World,
  markers: MarkerDelays,
  onCommitted: (groupId: string, positions: readonly CommitPosition[]) => void,
): MemoryBroker {
  const plans = next === null ? [plan] : [plan, next.plan];
  const broker = new MemoryBroker({
    clock: new WorldClock(world),
    tellEnd: markers.tellEnd,
    trims: (topic) => trims && plans.some((one) => isInternal(one, topic)),
    onCommitted,
  });
  for (const spec of plans.flatMap(topicSpecs)) {
    const { topic, partitions, config } = spec;
    if (broker.topics.spec(topic)) continue;
    broker.topics.create({
      ...spec,
      partitions: topic === plan.names.events ? setting.inputs : partitions,
      config: topic === plan.names.predictions ? { ...config, 'max.message.bytes': MOST_PREDICTION_BYTES } : config,
    });
  }
  return broker;
}

/** Retention: the internal topics forget what no marker needs, or what one does, too. */
export function cutInternal(plan: Plan, broker: MemoryBroker, auditor: Auditor, needed: boolean): void {
  for (const at of allPartitions(broker).filter(({ topic }) => isInternal(plan, topic))) {
    const kept = auditor
      .committed(at)
      .map(({ offset, metadata }) => (needed ? offset : (decodeMarker(metadata)?.keepFrom ?? 0)));
    if (kept.length > 0) broker.topics.partition(at).trim(Math.min(...kept));
  }
}

function isInternal({ name, featureSet }: Plan, topic: string): boolean {
  return topic.startsWith(`${name}.${featureSet}.`);
}
