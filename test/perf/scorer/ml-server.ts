import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Clock } from '@millrace/core';

import { WatchedProcess } from '../watched-process.ts';

const START_MS = 60_000;
/** As its documentation of adaptive batching has them; `max_batch_size` is ours. */
const BATCHING = { max_batch_size: 256, max_batch_time: 0.01 };

export interface MlServer {
  readonly child: WatchedProcess;
  readonly http: string;
  readonly grpc: string;
}

/**
 * MLServer (PyPI) with one model and adaptive batching.
 *
 * @param workers processes that run the model beside the one that answers; 0: it runs it itself
 */
export async function startMlServer(
  python: string,
  model: { readonly name: string; readonly modelFile: string },
  workers: number,
  clock: Clock,
): Promise<MlServer> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-mlserver-'));
  await mkdir(join(folder, model.name));
  await cp(join(import.meta.dirname, 'mlserver_onnx.py'), join(folder, 'mlserver_onnx.py'));
  const [httpPort, grpcPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const settings = { host: '127.0.0.1', http_port: httpPort, grpc_port: grpcPort, metrics_port: metricsPort };
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...settings, parallel_workers: workers }));
  const parameters = { uri: model.modelFile, version: '1' };
  const implementation = 'mlserver_onnx.OnnxModel';
  await writeFile(
    join(folder, model.name, 'model-settings.json'),
    JSON.stringify({ name: model.name, implementation, parameters, ...BATCHING }),
  );
  const child = new WatchedProcess(['start', folder], { PYTHONPATH: folder }, join(dirname(python), 'mlserver'));
  const http = `http://127.0.0.1:${httpPort}`;
  await ready(`${http}/v2/models/${model.name}/ready`, child, clock);
  return { child, http, grpc: `grpc://127.0.0.1:${grpcPort}` };
}

async function ready(url: string, child: WatchedProcess, clock: Clock): Promise<void> {
  for (const until = clock.elapsed() + START_MS; clock.elapsed() < until; await clock.sleep(200)) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0, // it does not listen yet
    );
    if (status === 200) return;
  }
  throw new Error(`MLServer does not answer at ${url}:\n${child.output.slice(-3000)}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
