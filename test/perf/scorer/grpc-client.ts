import { connect } from 'node:http2';

import { INFERENCE_PROTO } from '@millrace/open-inference';
import { GrpcClient } from '@millrace/platform/testing';

import type { AskedModel, InferClient } from './infer-client.ts';

/** Before a message: that it is not compressed, and its length. */
const PREFIX_BYTES = 5;
const HEADERS = {
  ':method': 'POST',
  ':path': '/inference.GRPCInferenceService/ModelInfer',
  'content-type': 'application/grpc+proto',
  te: 'trailers',
};

/**
 * Raw tensors over one connection, as Triton's clients send them. Written on HTTP/2 itself: `@grpc/grpc-js` takes longer to ask than
 * the scorer takes to answer, and what it takes would be measured on the same two cores.
 */
export function grpcClient(url: string, asked: AskedModel): InferClient {
  const session = connect(url.replace(/^grpc:/, 'http:'));
  const bodyOf = bodies(url, asked);
  const infer = (row: Float32Array): Promise<void> =>
    new Promise((resolve, reject) => {
      const call = session.request(HEADERS);
      const chunks: Buffer[] = [];
      let said: unknown;
      call.on('data', (chunk: Buffer) => chunks.push(chunk));
      call.on('trailers', (trailers) => (said = trailers['grpc-status']));
      call.on('end', () => {
        const answer = Buffer.concat(chunks);
        if (said === '0' && answer.includes(asked.output)) resolve();
        else reject(new Error(`${url} answered with status ${String(said)} and ${answer.length} bytes`));
      });
      call.once('error', reject);
      call.end(bodyOf(row));
    });
  return { infer, close: () => session.close() };
}

/** A request for each row: all but its last bytes, which are the row's, are the same. */
function bodies(url: string, { name, input, output }: AskedModel): (row: Float32Array) => Buffer {
  using client = new GrpcClient(url, INFERENCE_PROTO, 'inference.GRPCInferenceService');
  let [head, width] = [Buffer.alloc(0), -1];
  return (row) => {
    const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
    if (row.length !== width) {
      width = row.length;
      const message = client.bytesOf('ModelInfer', {
        model_name: name,
        inputs: [{ name: input, datatype: 'FP32', shape: [1, width] }],
        outputs: [{ name: output }],
        raw_input_contents: [bytes],
      });
      const prefix = Buffer.alloc(PREFIX_BYTES);
      prefix.writeUInt32BE(message.length, 1);
      head = Buffer.concat([prefix, message.subarray(0, -bytes.length)]);
    }
    return Buffer.concat([head, bytes]);
  };
}
