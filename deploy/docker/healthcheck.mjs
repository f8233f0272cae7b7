/**
 * HEALTHCHECK of the image: asks each service that has a door in this container whether it is ready. 0 when all are, 1 when
 * one is not or there is none; what was found is on stdout, which `docker inspect` shows.
 */
const FIRST_PORT = Number(process.env.MILLRACE_HTTP || 8080);
const SERVICES = ['ingest', 'feature', 'scorer', 'monitor'];
const LIMIT_MS = 4000;

async function ask(service, index) {
  const url = `http://127.0.0.1:${FIRST_PORT + index}/health/ready`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
    return { service, ready: answer.ok, said: answer.ok ? 'ready' : await answer.text() };
  } catch (error) {
    // nobody listens: another container has this service
    return error.cause?.code === 'ECONNREFUSED' ? null : { service, ready: false, said: error.message };
  }
}

const found = (await Promise.all(SERVICES.map(ask))).filter((answer) => answer !== null);
for (const { service, said } of found) console.log(`${service}: ${said}`);
if (found.length === 0) console.log(`no service answers on ports ${FIRST_PORT} to ${FIRST_PORT + SERVICES.length - 1}`);
process.exitCode = found.length > 0 && found.every(({ ready }) => ready) ? 0 : 1;
