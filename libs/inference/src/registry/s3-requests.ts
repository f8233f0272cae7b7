import { S3Errors } from '@bradenmacdonald/s3-lite-client';
import { AppError, isAppError, messageOf, type Clock } from '@millrace/core';

import { storeFailure, systemCode } from './store-failure.ts';

const TRIES = 4;
const PAUSE_MS = 250;
/** A store that does not answer within this time is asked again. */
const ANSWER_MS = 60_000;

/** Requests to one object store: what fails for a passing reason is tried again, with a growing pause. */
export class S3Requests {
  readonly #store: string;
  readonly #clock: Clock;

  /** @param store its name for people */
  constructor(store: string, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * @param what for people: "reading x"
   * @throws AppError `MODEL_STORE_UNREACHABLE`, `MODEL_STORE_DENIED`, `MODEL_STORE_FAILED`
   */
  async ask<T>(what: string, request: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await request();
      } catch (error) {
        const failure = this.#failureOf(what, error);
        if (tried === TRIES || !isAppError(failure, 'MODEL_STORE_UNREACHABLE')) throw failure;
      }
      await this.#clock.sleep(PAUSE_MS * 4 ** (tried - 1) * (0.5 + 0.5 * this.#clock.random()));
    }
  }

  /** As `ask`; null, where the store answers with this status. */
  askUnless<T>(status: 404 | 412, what: string, request: () => Promise<T>): Promise<T | null> {
    return this.ask(what, () =>
      request().catch((error: unknown) => {
        if (error instanceof S3Errors.ServerError && error.statusCode === status && error.code !== 'NoSuchBucket')
          return null;
        throw error;
      }),
    );
  }

  /** An answer, or a failure that may pass when it takes too long. */
  async inTime<T>(answer: Promise<T>): Promise<T> {
    const answered = new AbortController();
    const late = this.#clock.sleep(ANSWER_MS, answered.signal).then((): never => {
      throw new Error(`no answer within ${ANSWER_MS / 1000} s`);
    });
    late.catch(() => undefined);
    return Promise.race([answer, late]).finally(() => answered.abort());
  }

  #failureOf(what: string, error: unknown): AppError {
    const said = `${this.#store}, ${what}`;
    const options = { cause: error };
    if (error instanceof S3Errors.ServerError) {
      const { statusCode, code, message } = error;
      const answer = `${said}: it answered ${statusCode} ${code}, ${JSON.stringify(message)}`;
      if (isPassing(statusCode)) return new AppError('MODEL_STORE_UNREACHABLE', `${answer}. ${WHERE}`, options);
      if ([401, 403].includes(statusCode)) return new AppError('MODEL_STORE_DENIED', `${answer}. ${WHO}`, options);
      return new AppError('MODEL_STORE_FAILED', `${answer}. ${WHERE}`, options);
    }
    // a file that cannot be written is no fault of the network, whose errors come as the cause of another
    if (isAppError(error) || systemCode(error) !== undefined) return storeFailure(said, error);
    return new AppError('MODEL_STORE_UNREACHABLE', `${said}: ${reasonOf(error)}. ${WHERE}`, options);
  }
}

const WHERE = 'AWS_ENDPOINT_URL and AWS_REGION say where it is, and models: in the pipeline file says which bucket.';
const WHO =
  'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN say who asks. Reading takes the rights to list the bucket and to get objects, adding also the one to put them.';

/** 409 is two writers of one object at the same time. */
function isPassing(status: number): boolean {
  return status >= 500 || [408, 409, 429].includes(status);
}

/** `fetch` says that it failed, and its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)} (${systemCode(cause) ?? messageOf(cause)})`;
}
