import { isAppError } from '@millrace/core';
import { NO_HEADERS, partitionKey, type InboundRecord, type OutboundRecord } from '@millrace/records';
import type { GroupIdentity, TransactionalProducer } from '@millrace/stream';

import type { Violation } from '../audit/violation.ts';
import type { Disguise } from '../pipeline/fleet.ts';
import { brokenLog } from './broken-log.ts';
import { StageOfBrokenStates } from './broken-state.ts';

/** A bug that somebody could write. */
export interface PlantedBug {
  /** What gives it away: any of these. */
  readonly shows: readonly Violation['kind'][];
  /** Afresh for every run. */
  readonly plant: () => Disguise;
}

/** Hands the commit on in another way than it was meant. */
function committing(producer: TransactionalProducer, commit: TransactionalProducer['commit']): TransactionalProducer {
  return { init: () => producer.init(), commit, close: () => producer.close() };
}

function asRead(record: OutboundRecord, offset: number): InboundRecord {
  const bytes = (value: Uint8Array | string | null): Buffer | null =>
    value === null ? null : Buffer.from(value as string);
  const { topic, partition, headers = NO_HEADERS } = record;
  return { topic, partition, offset, timestamp: 0, key: bytes(record.key), value: bytes(record.value), headers };
}

/** What bug is planted, by what it does. */
export const PLANTED_BUGS: Readonly<Record<string, PlantedBug>> = {
  'reads what was aborted': {
    shows: ['aborted-read'],
    plant: () => {
      const aborted = new Map<string, OutboundRecord>();
      const log: Disguise['log'] = (real) =>
        brokenLog(real, {
          producer: (producer) =>
            committing(producer, async (records, positions, group) => {
              const [first] = records;
              await producer.commit(records, positions, group).catch((error: unknown) => {
                if (first) aborted.set(partitionKey(first), first);
                throw error;
              });
            }),
          chunk: (chunk) => {
            const ghost = aborted.get(partitionKey(chunk));
            const isFree = ghost && chunk.next > (chunk.records.at(-1)?.offset ?? -1) + 1;
            if (!isFree) return chunk;
            aborted.delete(partitionKey(chunk));
            return { ...chunk, records: [...chunk.records, asRead(ghost, chunk.next - 1)] };
          },
        });
      return { log };
    },
  },

  'reads what is not committed yet': {
    shows: ['precommitted-read'],
    plant: () => ({
      log: (real) => brokenLog(real, { chunk: (chunk) => ({ ...chunk, next: chunk.next + 1 }) }),
    }),
  },

  'skips a record now and then': {
    shows: ['poll-skip'],
    plant: () => {
      let read = 0;
      return {
        log: (real) =>
          brokenLog(real, {
            chunk: (chunk) => ({ ...chunk, records: chunk.records.filter(() => ++read % 60 !== 0) }),
          }),
      };
    },
  },

  'hands records over in the wrong order': {
    shows: ['non-monotonic-poll'],
    plant: () => ({
      log: (real) => brokenLog(real, { chunk: (chunk) => ({ ...chunk, records: chunk.records.toReversed() }) }),
    }),
  },

  'commits positions outside the transaction': {
    shows: ['duplicate'],
    plant: () => ({
      log: (real) =>
        brokenLog(real, {
          producer: (producer) =>
            committing(producer, async (records, positions, group) => {
              await producer.commit(records, [], group);
              await producer.commit([], positions, group);
            }),
        }),
    }),
  },

  'commits positions before what they stand for': {
    shows: ['lost-write'],
    plant: () => ({
      log: (real) =>
        brokenLog(real, {
          producer: (producer) =>
            committing(producer, async (records, positions, group) => {
              await producer.commit([], positions, group);
              await producer.commit(records, [], group);
            }),
        }),
    }),
  },

  'answers committed positions while a transaction is pending': {
    shows: ['inconsistent-offsets'],
    plant: () => ({
      log: (real, offsets) =>
        brokenLog(real, {
          member: (member, { groupId }) => ({
            ...member,
            committed: async (partitions) => {
              await member.committed([]);
              return new Map(partitions.map((at) => [partitionKey(at), offsets.committed(groupId, at)]));
            },
          }),
        }),
    }),
  },

  'takes the commits of an old generation': {
    shows: ['inconsistent-offsets', 'duplicate'],
    plant: () => {
      const current = new Map<string, GroupIdentity>();
      return {
        log: (real) =>
          brokenLog(real, {
            member: (member, { groupId }) => ({
              ...member,
              join: async () => {
                const assignment = await member.join();
                current.set(groupId, assignment.identity);
                return assignment;
              },
            }),
            producer: (producer) =>
              committing(producer, (records, positions, group) =>
                producer.commit(records, positions, current.get(group.groupId) ?? group),
              ),
          }),
      };
    },
  },

  'sends a transaction again whose end it does not know': {
    shows: ['inconsistent-offsets', 'duplicate'],
    plant: () => ({
      log: (real) =>
        brokenLog(real, {
          producer: (producer, options) =>
            committing(producer, async (records, positions, group) => {
              await producer.commit(records, positions, group).catch(async (error: unknown) => {
                if (!isAppError(error, 'LOG_UNAVAILABLE')) throw error;
                const again = real.transactionalProducer(options);
                await again.init();
                await again.commit(records, positions, group);
                throw error;
              });
            }),
        }),
    }),
  },

  'takes a doubtful commit for a good one': {
    shows: ['inconsistent-offsets', 'lost-write'],
    plant: () => ({
      log: (real) =>
        brokenLog(real, {
          producer: (producer) =>
            committing(producer, async (records, positions, group) => {
              await producer.commit(records, positions, group).catch(async (error: unknown) => {
                if (!isAppError(error, 'LOG_UNAVAILABLE')) throw error;
                await producer.init();
              });
            }),
        }),
    }),
  },

  'does not take back what a failed batch did': {
    shows: ['other-output', 'lost-write'],
    plant: () => ({
      stage: (stage) => new StageOfBrokenStates(stage, { rollback: () => undefined }),
    }),
  },

  'restores nothing': {
    shows: ['lost-write', 'other-output', 'other-state'],
    plant: () => ({ stage: (stage) => new StageOfBrokenStates(stage, { restore: () => undefined }) }),
  },

  'forgets its clocks in a restart': {
    shows: ['lost-write', 'stuck'],
    plant: () => ({
      stage: (stage) => new StageOfBrokenStates(stage, { load: () => undefined }),
    }),
  },

  'stands still where no output is compared': {
    shows: ['stuck'],
    plant: () => ({
      log: (real) =>
        brokenLog(real, {
          chunk: (chunk) =>
            chunk.topic.endsWith('.counts') && chunk.records[0]
              ? { ...chunk, records: [], next: chunk.records[0].offset }
              : chunk,
        }),
    }),
  },

  'does not join again': {
    shows: ['stuck'],
    plant: () => ({
      log: (real) =>
        brokenLog(real, {
          member: (member) => {
            let joined = false;
            const join = (): ReturnType<typeof member.join> => {
              if (joined) return new Promise(() => undefined);
              joined = true;
              return member.join();
            };
            return { ...member, join };
          },
        }),
    }),
  },

  'forgets which version is in force, in a restart': {
    shows: ['other-version'],
    plant: () => ({
      stage: (stage) =>
        stage.name === 'scorer'
          ? new StageOfBrokenStates(stage, (real) => ({
              load: (bodies) => real.load(new Map([...bodies.keys()].map((key) => [key, new Uint8Array()]))),
            }))
          : stage,
    }),
  },
};
