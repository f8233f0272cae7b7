import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from './free-port.mjs';
import { kafkaJars } from './kafka-jars.mjs';
import { keepBroker } from './keep-broker.mjs';
import { serverProperties } from './server-properties.mjs';

/** Runs a command that cannot write any file beyond a size: it gets an error, as from a disk that is full. */
const LIMITED = `trap '' XFSZ; ulimit -f "$0"; exec "$@"`;
/** What the sessions of a test may last at least. */
const LEAST_SESSION_MS = 1000;

/**
 * A broker of one's own, from Kafka's jars, that may be hurt: it comes back on the same ports with the same data. It has
 * a second listener, `behindProxy`, whose clients are told to connect to `proxyPort`: whoever wants to stand between
 * listens there.
 */
export class RestartableBroker {
  brokers;
  behindProxy;
  proxyPort;
  #port;
  #folder;
  #settings;
  #kafka;
  #kept = null;

  static async start({ say = () => {}, settings = {}, ports, heap, ...limits } = {}) {
    const broker = new RestartableBroker();
    broker.#kafka = await kafkaJars({ say, heap });
    await broker.#prepare(ports ?? (await portsOfBrokers(1))[0], settings);
    try {
      await broker.start(limits);
    } catch (error) {
      await broker.remove();
      throw error;
    }
    return broker;
  }

  async #prepare({ port, controllerPort, behindProxy, proxyPort }, more) {
    this.brokers = `127.0.0.1:${port}`;
    this.behindProxy = behindProxy;
    this.proxyPort = proxyPort;
    this.#port = port;
    this.#folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-'));
    this.#settings = join(this.#folder, 'server.properties');
    const properties = serverProperties(
      { port, controllerPort, data: join(this.#folder, 'data') },
      { ...proxied({ port, controllerPort, behindProxy, proxyPort }), ...more },
    );
    await writeFile(this.#settings, properties);
  }

  /** Again, too. With `mostFileBytes` it cannot write a file beyond that size. */
  async start({ mostFileBytes } = {}) {
    const first = this.#kept === null;
    const run = this.#kafka.run(this.#settings);
    const limit = mostFileBytes === undefined ? [] : ['bash', '-c', LIMITED, String(Math.ceil(mostFileBytes / 1024))];
    this.#kept = await keepBroker({
      port: this.#port,
      prepare: first ? this.#kafka.format(this.#settings) : null,
      run: [...limit, ...run],
      folder: this.#folder,
      restartable: true,
    });
  }

  /** As an operator stops it. Resolves when it has ended. */
  async stop() {
    this.#kept.signal('SIGTERM');
    await this.#kept.ended();
  }

  async kill() {
    this.#kept.signal('SIGKILL');
    await this.#kept.ended();
  }

  /** Resolves when it has ended by itself, or was stopped. */
  async ended() {
    await this.#kept.ended();
  }

  /** Ends it and removes its data. */
  async remove() {
    await this.#kept?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** All the ports of so many brokers. */
export async function portsOfBrokers(count) {
  const ports = await freePorts(4 * count);
  return Array.from({ length: count }, (_, i) => {
    const [port, controllerPort, behindProxy, proxyPort] = ports.slice(4 * i);
    return { port, controllerPort, behindProxy, proxyPort };
  });
}

function proxied({ port, controllerPort, behindProxy, proxyPort }) {
  const host = '127.0.0.1';
  return {
    listeners: `PLAINTEXT://${host}:${port},PROXIED://${host}:${behindProxy},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port},PROXIED://${host}:${proxyPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'group.min.session.timeout.ms': LEAST_SESSION_MS,
  };
}
