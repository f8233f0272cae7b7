import { connect, createServer, type Server } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { StartedScript } from './started-script.ts';

const START = 'scripts/start.mjs';
/** Where no Kafka is given it finds one of its own. */
const NONE_GIVEN = { KAFKA_BROKERS: '' };

function accepts(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host: host as string, port: Number(port) });
    const done = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

describe('npm start', () => {
  let started: StartedScript | null = null;
  let squatter: Server | null = null;

  afterEach(async () => {
    await started?.end('SIGTERM');
    await new Promise<void>((resolve) => (squatter ? squatter.close(() => resolve()) : resolve()));
    squatter = null;
  });

  it('stays up with its addresses while the usual ports are taken, and ends with 130 on Ctrl-C', async () => {
    squatter = createServer();
    // taken already is as good
    await new Promise<void>((resolve) => squatter?.once('error', () => resolve()).listen(8080, '127.0.0.1', resolve));
    started = new StartedScript([START, '--kafka', 'embedded'], NONE_GIVEN);
    await started.said(/^up until Ctrl-C$/m);
    const urls = [...started.output.matchAll(/^(ingest|feature|scorer|monitor) +(http:\S+)$/gm)];
    expect(urls.map(([, service]) => service)).toEqual(['ingest', 'feature', 'scorer', 'monitor']);
    expect(started.output).toMatch(/^scorer +grpc:\/\/127\.0\.0\.1:\d+$/m);
    for (const [, , url] of urls) {
      expect(url).not.toMatch(/:808\d$/);
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    }
    expect(await started.end('SIGINT')).toBe(130);
    for (const [, , url] of urls) await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGKILL', 137],
  ] as const)('leaves no broker behind after %s in the middle of the replay', async (signal, status) => {
    started = new StartedScript(['scripts/start.main.mjs'], NONE_GIVEN);
    await started.said(/^\d+ s: [1-9]\d* events/m);
    const [, brokers] = /^log: Kafka at (\S+)$/m.exec(started.output) ?? [];
    const running = async (): Promise<boolean> => brokers !== undefined && accepts(brokers);
    expect(await running()).toBe(brokers !== undefined);
    expect(await started.end(signal)).toBe(status);
    await expect.poll(running, { timeout: 15_000 }).toBe(false);
  });

  it.each([
    [['--kafka', 'rabbit'], /external, docker, jars, embedded/],
    [['--fast'], /--fast/],
    [['--kafka', 'external'], /KAFKA_BROKERS/],
  ] as const)('refuses %j with a message', async (flags, says) => {
    started = new StartedScript(['scripts/start.main.mjs', ...flags], NONE_GIVEN);
    expect([1, 2]).toContain(await started.ended());
    expect(started.output).toMatch(says);
    expect(started.output).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });
});
