const KEY = 'millrace-key';

/** What the monitor's door answered instead of data; status 0: it did not answer. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks `/v1/monitor` beside the page, with the key that this tab knows: it is in no URL, and gone with the tab. */
export class MonitorClient {
  get hasKey(): boolean {
    return sessionStorage.getItem(KEY) !== null;
  }

  use(key: string): void {
    sessionStorage.setItem(KEY, key);
  }

  forget(): void {
    sessionStorage.removeItem(KEY);
  }

  /**
   * @param path behind `/v1/monitor`
   * @throws Refusal
   */
  get<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.#ask<T>(`${path}?${new URLSearchParams(query).toString()}`);
  }

  /**
   * Says something of incidents.
   *
   * @throws Refusal
   */
  async say(path: string, said: Readonly<Record<string, string>>): Promise<void> {
    await this.#ask(path, { method: 'POST', body: JSON.stringify(said) }, { 'content-type': 'application/json' });
  }

  async #ask<T>(path: string, init: RequestInit = {}, more: Readonly<Record<string, string>> = {}): Promise<T> {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...more, ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
    const answer = await fetch(`v1/monitor${path}`, { ...init, headers, cache: 'no-store' }).catch((error: unknown) => {
      throw new Refusal(0, `the monitor does not answer (${error instanceof Error ? error.message : String(error)})`);
    });
    if (!answer.ok) throw new Refusal(answer.status, await detailOf(answer));
    return (await answer.json()) as T;
  }
}

/** Of a problem document (RFC 9457), where it is one: a proxy may answer as it likes. */
async function detailOf(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => ({}))) as { readonly detail?: string };
  return problem.detail ?? `the answer was ${answer.status}`;
}
