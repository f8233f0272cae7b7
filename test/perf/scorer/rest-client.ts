import { Agent, request } from 'node:http';

import type { AskedModel, InferClient } from './infer-client.ts';

/** JSON, as most clients write it, over connections that stay open. */
export function restClient(url: string, { name, input, output }: AskedModel, connections: number): InferClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const path = new URL(`/v2/models/${name}/infer`, url);
  const options = { agent, method: 'POST', headers: { 'content-type': 'application/json' } };
  const infer = (row: Float32Array): Promise<void> => {
    const inputs = [{ name: input, datatype: 'FP32', shape: [1, row.length], data: Array.from(row) }];
    const body = JSON.stringify({ inputs, outputs: [{ name: output }] });
    return new Promise((resolve, reject) => {
      const asked = request(path, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (answer.statusCode === 200 && text.includes(`"${output}"`)) resolve();
          else reject(new Error(`${path.href} answered ${answer.statusCode}: ${text.slice(0, 300)}`));
        });
      });
      asked.once('error', reject);
      asked.end(body);
    });
  };
  return { infer, close: () => agent.destroy() };
}
