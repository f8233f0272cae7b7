import type { ServerResponse } from 'node:http';

/** Aborts when the connection is closed before the answer is out: nobody waits for it any more. */
export function disconnected(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
