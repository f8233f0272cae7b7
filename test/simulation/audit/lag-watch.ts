import type { Plan } from '@millrace/pipeline';
import type { TopicPartition } from '@millrace/records';

import { groupIdOf } from '../pipeline/process.ts';
import { inputTopics, SERVICES, type Service } from '../pipeline/stages.ts';
import type { Archive } from './archive.ts';
import type { OffsetAudit } from './offset-audit.ts';

interface Input {
  readonly service: Service;
  readonly groupId: string;
  readonly at: TopicPartition;
  /** Where it ended at the look before. */
  end: number;
}

/** Who is behind. There is always a newest record that nobody has committed, since clocks go on; so it must last. */
export class LagWatch {
  readonly #inputs: readonly Input[];
  readonly #archive: Archive;
  readonly #offsets: OffsetAudit;

  /** @param plans the last one takes events; of those before, what lies in their own topics counts */
  constructor(plans: readonly Plan[], partitions: readonly TopicPartition[], archive: Archive, offsets: OffsetAudit) {
    this.#archive = archive;
    this.#offsets = offsets;
    this.#inputs = plans.flatMap((plan) =>
      SERVICES.filter((service) => service !== 'ingest' || plan === plans.at(-1)).flatMap((service) => {
        const topics = inputTopics(service, plan);
        const ats = partitions.filter(({ topic }) => topics.includes(topic));
        return ats.map((at) => ({ service, groupId: groupIdOf(plan, service), at, end: Infinity }));
      }),
    );
  }

  /** What has not committed a record that was there at the look before; at the first look, any. */
  look(): readonly string[] {
    const behind = this.#inputs.filter(({ groupId, at, end }) => {
      const offset = this.#offsets.committed(groupId, at)?.offset ?? 0;
      return this.#archive.between(at, offset, end).length > 0;
    });
    for (const input of this.#inputs) input.end = this.#archive.end(input.at);
    return behind.map(({ service, at: { topic, partition } }) => `${service} on ${topic}/${partition}`);
  }
}
