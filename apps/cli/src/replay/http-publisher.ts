import { AppError, messageOf, type Clock } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';
import type { Publisher } from '@millrace/stream';

const PASSING = new Set([429, 503]);
const MOST_TRIES = 8;
const FIRST_PAUSE_MS = 100;
/** A request stays well below what the door takes. */
const MOST_EVENTS = 500;

export type Fetch = typeof fetch;

/** Sends events to `POST /v1/events`, as JSON lines; a busy door is asked again. */
export class HttpPublisher implements Publisher {
  /** Events that the door refused. */
  refused = 0;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #fetch: Fetch;

  constructor(options: {
    readonly url: string;
    readonly apiKey?: string | undefined;
    readonly clock: Clock;
    readonly fetch?: Fetch;
  }) {
    this.#url = new URL('/v1/events', options.url).href;
    this.#headers = {
      'content-type': 'application/x-ndjson',
      ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
    };
    this.#clock = options.clock;
    this.#fetch = options.fetch ?? fetch;
  }

  async publish(records: readonly OutboundRecord[]): Promise<void> {
    for (let start = 0; start < records.length; start += MOST_EVENTS)
      await this.#post(
        records
          .slice(start, start + MOST_EVENTS)
          .map(({ value }) => String(value))
          .join('\n'),
      );
  }

  async close(): Promise<void> {}

  async #post(body: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      const response = await this.#send(body);
      if (response.ok) {
        await response.body?.cancel();
        return;
      }
      if (response.status === 422) {
        this.refused += ((await response.json()) as { errors?: readonly unknown[] }).errors?.length ?? 0;
        return;
      }
      if (!PASSING.has(response.status) || tries === MOST_TRIES) throw await refusal(this.#url, response);
      await response.body?.cancel();
      await this.#clock.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }

  async #send(body: string): Promise<Response> {
    try {
      return await this.#fetch(this.#url, { method: 'POST', headers: this.#headers, body });
    } catch (error) {
      const why = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
      throw new AppError(
        'LOG_UNREACHABLE',
        `${this.#url} does not answer (${why}). Is the ingest service up there? --url says where it is.`,
        { cause: error },
      );
    }
  }
}

async function refusal(url: string, response: Response): Promise<AppError> {
  const text = (await response.text()).slice(0, 300);
  const code = response.status === 401 ? 'UNAUTHORIZED' : 'LOG_UNAVAILABLE';
  return new AppError(code, `${url} answers ${response.status}: ${text}`);
}
