/**
 * HEALTHCHECK of the image: asks each service that has a door in this container whether it is ready. 0 when all are, 1 when
 * one is not or there is none; what was found is on stdout, which `docker inspect` shows.
 */
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

const FIRST_PORT = Number(process.env.MILLRACE_HTTP || 8080);
const SERVICES = ['ingest', 'feature', 'scorer', 'monitor'];
const LIMIT_MS = 4000;
/** The certificate is made out to another name than this, and nobody else answers inside the container. */
const TLS = { rejectUnauthorized: false };

/** @returns the answer of the probe */
function get(port) {
  const { request } = process.env.MILLRACE_TLS_CERT ? https : http;
  const at = { host: '127.0.0.1', port, path: '/health/ready', signal: AbortSignal.timeout(LIMIT_MS), ...TLS };
  return new Promise((resolve, reject) => request(at, resolve).on('error', reject).end());
}

async function ask(service, index) {
  try {
    const answer = await get(FIRST_PORT + index);
    const ready = answer.statusCode === 200;
    const said = await text(answer);
    return { service, ready, said: ready ? 'ready' : said };
  } catch (error) {
    // nobody listens: another container has this service
    if (error.code === 'ECONNREFUSED') return null;
    return { service, ready: false, said: error.name === 'AbortError' ? `no answer in ${LIMIT_MS} ms` : error.message };
  }
}

const found = (await Promise.all(SERVICES.map(ask))).filter((answer) => answer !== null);
for (const { service, said } of found) console.log(`${service}: ${said}`);
if (found.length === 0) console.log(`no service answers on ports ${FIRST_PORT} to ${FIRST_PORT + SERVICES.length - 1}`);
process.exitCode = found.length > 0 && found.every(({ ready }) => ready) ? 0 : 1;
