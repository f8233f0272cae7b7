import { statfs } from 'node:fs/promises';

import type { Clock } from '@millrace/core';
import { openRegistry, type StoreOptions } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';

import { loadPlanModel } from '../load-plan-model.ts';
import { ok, warning, type Said } from './finding.ts';

const GB = 1024 ** 3;

/** Loads it as the scorer does, and asks it for its sample rows. */
export async function checkModel(plan: Plan, store: StoreOptions, clock: Clock): Promise<Said> {
  const files = await openRegistry(plan.models, store).resolve(plan.predict.model, plan.predict.version);
  const model = await loadPlanModel(plan, files, clock, { workers: 1 });
  await model.close();
  const title = `${files.name} ${files.version}`;
  if (files.profileFile !== null) return ok(`${title} fits the vector and has a profile`);
  return warning(`${title} fits the vector and has no profile: nothing is watched. millrace model profile makes one`);
}

/** Where this process may write models and state; of the brokers' disks a client is told nothing. */
export async function checkDisk(folder: string): Promise<Said> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const words = `${(free / GB).toFixed(1)} GB free at ${folder}`;
  return free > GB ? ok(words) : warning(`${words}: make room. (The brokers' disks are not seen from here.)`);
}
