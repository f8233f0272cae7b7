import { readFileSync } from 'node:fs';

import { AppError, messageOf } from '@millrace/core';
import protobuf from 'protobufjs';

/** A method of a `.proto` file, with the codec of its messages. */
export interface WireMethod {
  readonly name: string;
  readonly path: string;
  readonly streams: boolean;
  /** @throws AppError `BODY_UNPARSEABLE` */
  readonly decode: (bytes: Buffer) => object;
  /** What its message does not know is left out. */
  readonly encode: (answer: object) => Buffer;
}

/** The methods of a service, under the names that the file has. */
export function wireMethods(proto: URL, service: string): readonly WireMethod[] {
  const { root } = protobuf.parse(readFileSync(proto, 'utf8'), new protobuf.Root(), { keepCase: true });
  return root.lookupService(service).methodsArray.map((method) => wireMethod(method, service));
}

function wireMethod(method: protobuf.Method, service: string): WireMethod {
  method.resolve();
  const { name, requestStream = false, resolvedRequestType: request, resolvedResponseType: response } = method;
  if (!request || !response) throw new Error(`${service}.${name} has no types`);
  return {
    name,
    path: `/${service}/${name}`,
    streams: requestStream,
    decode: (bytes) => decoded(request, bytes),
    encode: (answer) => Buffer.from(response.encode(response.fromObject(answer)).finish()),
  };
}

function decoded(type: protobuf.Type, bytes: Buffer): object {
  try {
    return type.decode(bytes);
  } catch (error) {
    throw new AppError('BODY_UNPARSEABLE', `the message is no ${type.name} (${messageOf(error)}).`);
  }
}
