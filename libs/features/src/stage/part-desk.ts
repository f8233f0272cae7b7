import { AppError } from '@millrace/core';
import type { Plan, StagePlan } from '@millrace/pipeline';

import type { AnswerDesk, OwnPart } from './answer-desk.ts';
import type { Out } from './emission.ts';
import type { OpenRequest } from './open-request.ts';
import type { OpenRequests } from './open-requests.ts';
import { partRecord } from './part-record.ts';

/** Answers each request with the stage's part of the vector, as of the request's own time. */
export class PartDesk implements AnswerDesk {
  readonly #plan: Plan;
  readonly #stage: StagePlan;
  readonly #requests: OpenRequests;
  readonly #ownPart: OwnPart;

  constructor(plan: Plan, stage: StagePlan, requests: OpenRequests, ownPart: OwnPart) {
    this.#plan = plan;
    this.#stage = stage;
    this.#requests = requests;
    this.#ownPart = ownPart;
  }

  admit(): boolean {
    return true;
  }

  answer(open: OpenRequest, out: Out): void {
    this.#requests.close(open);
    out?.records.push(partRecord(this.#plan, this.#stage.index, open.request, this.#ownPart(open)));
  }

  join(): never {
    throw new AppError('POISON', `a part came to the stage ${this.#stage.topic}, which puts no vectors together.`);
  }
}
