import { SystemClock } from '@millrace/core';
import { MemoryLog, type Faults } from '@millrace/memory-log';
import { topicNames, topicSpecs, type Plan } from '@millrace/pipeline';
import { ALIAS_NOTE, ALIASES, decodeFeaturesRecord, type AliasOffer, type InboundRecord } from '@millrace/records';
import { type GroupMember, latestByKey, readTopic, TopicFollower } from '@millrace/stream';

import { switchAlias, type AliasSwitched, type SwitchAliasOptions } from '../alias/switch-alias.ts';
import { letterPlan } from './letter-plan.ts';

/** What a scorer says to a version: nothing where it is null; else why it refuses it, or `ready`. */
export type Verdict = (version: string) => string | null;

/** The pipeline `p` on a log in memory, scorers that answer by script, and switches of its champion. */
export class AliasLog {
  readonly plan: Plan;
  readonly clock = new SystemClock();
  readonly log: MemoryLog;
  /** Runs at each point where the log may fail. */
  fault: Faults = () => undefined;
  readonly #open: { close(): Promise<void> }[] = [];

  static async open(): Promise<AliasLog> {
    const opened = new AliasLog(await letterPlan());
    await opened.log.admin().create(topicSpecs(opened.plan));
    return opened;
  }

  private constructor(plan: Plan) {
    this.plan = plan;
    this.log = new MemoryLog({ clock: this.clock, faults: (point, subject) => this.fault(point, subject) });
  }

  /** A scorer of this set, or another one: in its group, and with something to say. */
  async scorer(verdict: Verdict, featureSet = this.plan.featureSet): Promise<GroupMember> {
    const member = this.log.member({
      groupId: `${this.plan.name}.scorer.${featureSet}`,
      inputs: [[topicNames(this.plan.name, featureSet).features]],
      sessionTimeoutMs: 6000,
      onRebalance: () => void member.join(),
    });
    const { identity } = await member.join();
    this.#answer(identity.memberId, verdict);
    this.#open.push(member);
    return member;
  }

  switch(version: string, more: Partial<SwitchAliasOptions> = {}): Promise<AliasSwitched> {
    const { plan, log, clock } = this;
    const { signal } = new AbortController();
    return switchAlias({
      plan,
      log,
      clock,
      signal,
      alias: 'champion',
      version,
      verify: async () => undefined,
      ...more,
    });
  }

  /** Of each partition of a set's `features`, the versions that it was switched to. */
  async places(featureSet = this.plan.featureSet): Promise<readonly (readonly string[])[]> {
    const found: string[][] = [[], []];
    for (const { partition, value } of await this.read(topicNames(this.plan.name, featureSet).features)) {
      const record = decodeFeaturesRecord(value as Buffer);
      if (record.kind === 'alias') found[partition]?.push(`${record.version}@${record.number}`);
    }
    return found;
  }

  /** What stands on `<p>.control` about aliases. */
  async notes(): Promise<Readonly<Record<string, unknown>>> {
    const isOurs = (key: string): boolean => key.startsWith('alias');
    const latest = await latestByKey(this.log.source(), this.plan.names.control, isOurs);
    return Object.fromEntries([...latest].flatMap(([key, value]) => (value ? [[key, JSON.parse(String(value))]] : [])));
  }

  async read(topic: string): Promise<readonly InboundRecord[]> {
    const { signal } = new AbortController();
    const records: InboundRecord[] = [];
    for await (const record of readTopic(this.log, { topic, from: 'beginning', until: 'end', signal }))
      records.push(record);
    return records;
  }

  async close(): Promise<void> {
    this.fault = () => undefined;
    for (const one of this.#open) await one.close();
    await this.log.close();
  }

  #answer(memberId: string, verdict: Verdict): void {
    const { plan, clock, log } = this;
    const topic = plan.names.control;
    const onRecord = ({ key, value, offset }: InboundRecord): void => {
      const alias = ALIASES.find((one) => String(key) === ALIAS_NOTE.offer(plan.predict.model, one));
      if (!alias || !value) return;
      const { version, members } = JSON.parse(String(value)) as AliasOffer;
      const said = members.includes(memberId) ? verdict(version) : null;
      if (said === null) return;
      const answer = { number: offset, refused: said === 'ready' ? null : said };
      const note = ALIAS_NOTE.answer(plan.predict.model, alias, memberId);
      void log.publisher().publish([{ topic, partition: 0, key: note, value: JSON.stringify(answer) }]);
    };
    const quiet = { onNews: () => undefined, onFailed: () => undefined };
    const follower = new TopicFollower({ log, clock, topic, onRecord, ...quiet });
    void follower.start();
    this.#open.push(follower);
  }
}
