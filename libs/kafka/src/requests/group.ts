import type { GroupIdentity, Operation } from '@millrace/stream';

import type { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { operationsOf } from './operations.ts';
import { assertNoError } from './protocol-error.ts';
import type { Request } from './request.ts';

const CONSUMER_PROTOCOL = 'consumer';

export interface JoinGroup {
  readonly groupId: string;
  /** Empty the first time. */
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Name of the assignment strategy: all members must have it. */
  readonly protocol: string;
  readonly subscription: Buffer;
}

export interface JoinedMember {
  readonly memberId: string;
  readonly subscription: Buffer;
}

export interface JoinedGroup {
  readonly errorCode: number;
  readonly generation: number;
  readonly leader: string;
  readonly memberId: string;
  /** For the leader alone. */
  readonly members: readonly JoinedMember[];
}

/** Version 5 carries the instance id of a static member (KIP-345). The broker answers when all members have joined. */
export function joinGroupRequest(join: JoinGroup): Request<JoinedGroup> {
  return {
    api: 'JoinGroup',
    version: 5,
    timeoutMs: join.rebalanceTimeoutMs + join.sessionTimeoutMs + 5000,
    encode: () => {
      const writer = new WireWriter().string(join.groupId).int32(join.sessionTimeoutMs).int32(join.rebalanceTimeoutMs);
      writer.string(join.memberId).string(join.instanceId).string(CONSUMER_PROTOCOL);
      writer.array([join], ({ protocol, subscription }) => writer.string(protocol).bytes(subscription));
      return writer.buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      const [errorCode, generation] = [reader.int16(), reader.int32()];
      reader.string(); // protocol
      const [leader, memberId] = [reader.string() ?? '', reader.string() ?? ''];
      const members = reader.array(() => {
        const member = reader.string() ?? '';
        reader.string(); // instance id
        return { memberId: member, subscription: reader.bytes() ?? Buffer.alloc(0) };
      });
      return { errorCode, generation, leader, memberId, members };
    },
  };
}

/** The leader hands in everyone's assignment, the others none; everyone gets his own. */
export function syncGroupRequest(
  identity: GroupIdentity,
  assignments: ReadonlyMap<string, Buffer>,
  timeoutMs: number,
): Request<Buffer> {
  return {
    api: 'SyncGroup',
    version: 3,
    timeoutMs,
    encode: () => {
      const writer = writeMember(identity);
      writer.array([...assignments], ([memberId, assignment]) => writer.string(memberId).bytes(assignment));
      return writer.buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
      return reader.bytes() ?? Buffer.alloc(0);
    },
  };
}

export function heartbeatRequest(identity: GroupIdentity): Request<void> {
  return {
    api: 'Heartbeat',
    version: 3,
    encode: () => writeMember(identity).buffer,
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
    },
  };
}

export interface GroupDescription {
  /** The members' ids; a group that does not exist has none. */
  readonly members: readonly string[];
  /** What the user may do with it; null where that was not asked. */
  readonly rights: ReadonlySet<Operation> | null;
}

/**
 * To the group's coordinator.
 *
 * @param withRights of the group (KIP-430)
 */
export function describeGroupRequest(groupId: string, withRights = false): Request<GroupDescription> {
  return {
    api: 'DescribeGroups',
    version: 3,
    encode: () => writeGroup(groupId).boolean(withRights).buffer,
    decode: (reader) => {
      reader.throttleTime();
      return reader.array(() => readGroup(reader))[0] ?? { members: [], rights: null };
    },
  };
}

function readGroup(reader: WireReader): GroupDescription {
  assertNoError(reader.int16());
  for (const _ of ['group', 'state', 'protocol type', 'protocol']) reader.string();
  const members = reader.array(() => {
    const memberId = reader.string() ?? '';
    for (const _ of ['client', 'host']) reader.string();
    for (const _ of ['subscription', 'assignment']) reader.bytes();
    return memberId;
  });
  return { members, rights: operationsOf(reader.int32()) };
}

/** To the group's coordinator. */
export function deleteGroupRequest(groupId: string): Request<void> {
  return {
    api: 'DeleteGroups',
    version: 1,
    encode: () => writeGroup(groupId).buffer,
    decode: (reader) => {
      reader.throttleTime();
      reader.array(() => {
        reader.string(); // group
        assertNoError(reader.int16());
      });
    },
  };
}

export function leaveGroupRequest({ groupId, memberId, instanceId }: Omit<GroupIdentity, 'generation'>): Request<void> {
  return {
    api: 'LeaveGroup',
    version: 3,
    encode: () => {
      const writer = new WireWriter().string(groupId);
      return writer.array([memberId], (id) => writer.string(id).string(instanceId)).buffer;
    },
    decode: (reader) => {
      reader.throttleTime();
      assertNoError(reader.int16());
      reader.array(() => {
        reader.string(); // member
        reader.string(); // instance id
        assertNoError(reader.int16());
      });
    },
  };
}

function writeMember({ groupId, generation, memberId, instanceId }: GroupIdentity): WireWriter {
  return new WireWriter().string(groupId).int32(generation).string(memberId).string(instanceId);
}

/** A list of groups, with one. */
function writeGroup(groupId: string): WireWriter {
  const writer = new WireWriter();
  return writer.array([groupId], (id) => writer.string(id));
}
