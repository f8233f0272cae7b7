import { kafkajsModule } from './kafkajs-module.ts';

export const FRAME_MODULE = 'protocol/request.js';
const HEADER_BYTES = 14;
const SIZE_BYTES = 4;

export interface RequestToFrame {
  readonly correlationId: number;
  readonly clientId: string;
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly encode: () => Promise<{ readonly buffer: Buffer }>;
    /** How many bytes in front of the encoded body are free to be written to. */
    readonly headroom?: number;
  };
}

export type Frame = (request: RequestToFrame) => Promise<{ readonly buffer: Buffer }>;

/** kafkajs' own: copies the whole body twice, into buffers that it fills with zeros and doubles. */
export const stockFrame: Frame = kafkajsModule(FRAME_MODULE);

/**
 * Request header version 1 in front of the body, where there is room for it, or else both in one allocation.
 * https://kafka.apache.org/protocol#protocol_messages
 */
export const frameInOneAllocation: Frame = async ({ correlationId, clientId, request }) => {
  const body = (await request.encode()).buffer;
  const clientBytes = Buffer.byteLength(clientId);
  const headerBytes = HEADER_BYTES + clientBytes;
  const buffer = (request.headroom ?? 0) < headerBytes ? copied(body, headerBytes) : widened(body, headerBytes);
  buffer.writeInt32BE(buffer.length - SIZE_BYTES, 0);
  buffer.writeInt16BE(request.apiKey, 4);
  buffer.writeInt16BE(request.apiVersion, 6);
  buffer.writeInt32BE(correlationId, 8);
  buffer.writeInt16BE(clientBytes, 12);
  buffer.write(clientId, HEADER_BYTES, 'utf8');
  return { buffer };
};

function widened(body: Buffer, bytes: number): Buffer {
  return Buffer.from(body.buffer, body.byteOffset - bytes, bytes + body.length);
}

function copied(body: Buffer, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes + body.length);
  body.copy(buffer, bytes);
  return buffer;
}
