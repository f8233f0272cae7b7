import { randomUUID } from 'node:crypto';
import { readdir, rename, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { discard } from './atomic-write.ts';

/** Names that a cache gives; whatever else lies in the folder is somebody else's. */
const OWN = /^([0-9a-f]{64}(\.json)?|\.fetching-.*)$/;
const MARK = '.held-';
/** So long what a process of another machine has marked counts as held: whether it lives cannot be seen from here. */
const FOREIGN_MS = 7 * 24 * 3_600_000;
/** What was used since may just be written, or about to be held. */
const YOUNG_MS = 3_600_000;

/** Something in the folder of a cache: a version, a profile, or what a process left behind that ended while it fetched. */
interface Entry {
  readonly path: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly usedAtMs: number;
  readonly held: boolean;
}

let holds = 0;

/**
 * Notes in the folder of a version, where the disk lets it, that this process needs it.
 *
 * @returns takes the note back
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const mark = join(folder, `${MARK}${hostname()}.${process.pid}.${++holds}`);
  await writeFile(mark, '').catch(() => undefined);
  return () => discard(mark);
}

/**
 * Removes what has not been used for the longest time, until the rest takes so many bytes; what a process holds, or
 * what was used within the last hour, stays whatever it takes.
 */
export async function sweepCache(folder: string, mostBytes: number, nowMs: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => OWN.test(name));
  const entries = (await Promise.all(names.map((name) => describe(join(folder, name), nowMs)))).filter(
    (entry) => entry !== null,
  );
  let bytes = 0;
  for (const entry of entries.toSorted((a, b) => b.usedAtMs - a.usedAtMs)) {
    bytes += entry.bytes;
    if (bytes <= mostBytes || entry.held || nowMs - entry.usedAtMs < YOUNG_MS) continue;
    bytes -= entry.bytes;
    await remove(folder, entry.path);
  }
}

/** Null: it has gone meanwhile. */
async function describe(path: string, nowMs: number): Promise<Entry | null> {
  try {
    const own = await stat(path);
    if (!own.isDirectory()) return { path, bytes: own.size, usedAtMs: own.mtimeMs, held: false };
    const files = await Promise.all(
      (await readdir(path)).map(async (name) => ({ name, ...(await sizeAndTime(join(path, name))) })),
    );
    return {
      path,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      usedAtMs: own.mtimeMs,
      held: files.some(({ name, atMs }) => name.startsWith(MARK) && isHeld(name, nowMs - atMs)),
    };
  } catch {
    return null;
  }
}

async function sizeAndTime(path: string): Promise<{ readonly bytes: number; readonly atMs: number }> {
  const { size, mtimeMs } = await stat(path);
  return { bytes: size, atMs: mtimeMs };
}

function isHeld(mark: string, ageMs: number): boolean {
  const own = `${MARK}${hostname()}.`;
  return mark.startsWith(own) ? isAlive(Number.parseInt(mark.slice(own.length), 10)) : ageMs < FOREIGN_MS;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // it is somebody else's
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Under another name first, so that nobody takes half of it for the whole. */
async function remove(folder: string, path: string): Promise<void> {
  const hidden = join(folder, `.fetching-${randomUUID()}`);
  await rename(path, hidden).catch(() => undefined);
  await discard(hidden);
}
