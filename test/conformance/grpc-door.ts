import { INFERENCE_PROTO } from '@millrace/open-inference';
import { GrpcClient, grpcStatus } from '@millrace/platform/testing';
import { expect } from 'vitest';

import { toBytes, fromBytes, fromJson, type Element } from './datatypes.ts';
import type { AnsweredOutput } from './infer-answer.ts';
import { sampleInputs, sizeOf, type SampleInput } from './sample-inputs.ts';
import { target } from './target.ts';

type Message = Readonly<Record<string, unknown>>;

interface WrittenOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape?: readonly number[];
  readonly contents?: Readonly<Record<string, readonly unknown[]>>;
}

/** "the repeated type that matches the tensor's data type" */
const CONTENTS: Readonly<Record<string, string>> = {
  BOOL: 'bool_contents',
  INT8: 'int_contents',
  INT16: 'int_contents',
  INT32: 'int_contents',
  INT64: 'int64_contents',
  UINT8: 'uint_contents',
  UINT16: 'uint_contents',
  UINT32: 'uint_contents',
  UINT64: 'uint64_contents',
  FP32: 'fp32_contents',
  FP64: 'fp64_contents',
  BYTES: 'bytes_contents',
};

/** Messages are those of the protocol's file; a field with its default value is not there. */
export async function call(method: string, message: Message = {}): Promise<Message> {
  using client = new GrpcClient(target.grpc, INFERENCE_PROTO, 'inference.GRPCInferenceService');
  const metadata = target.authorization === null ? {} : { metadata: { authorization: target.authorization } };
  return await client.call(method, message, metadata);
}

/** "Errors are indicated by the google.rpc.Status returned for the request." It is not that nobody is there. */
export async function expectNotOk(answer: Promise<unknown>): Promise<void> {
  const found: unknown = await answer.then(
    (message) => ({ answered: message }),
    (error: unknown) => error,
  );
  expect(found).toMatchObject({ code: expect.any(Number), details: expect.stringMatching(/\S/) });
  expect((found as { readonly code: number }).code).not.toBe(grpcStatus.UNAVAILABLE);
}

/** Tensors in the fields of their types. */
export function typedRequest(inputs: readonly SampleInput[] = sampleInputs(), rest: Message = {}): Message {
  return {
    model_name: target.model.name,
    ...rest,
    inputs: inputs.map(({ elements, ...input }) => ({
      ...input,
      contents: { [CONTENTS[input.datatype] ?? '']: elements.map(plain) },
    })),
  };
}

/** Tensors as bytes. */
export function rawRequest(inputs: readonly SampleInput[] = sampleInputs(), rest: Message = {}): Message {
  return {
    model_name: target.model.name,
    ...rest,
    inputs: inputs.map(({ elements: _elements, ...input }) => input),
    raw_input_contents: inputs.map(({ datatype, elements }) => toBytes(datatype, elements)),
  };
}

/** The outputs of a `ModelInferResponse`, which are all raw or all in the fields of their types. */
export function outputsOf(answer: Message): readonly Omit<AnsweredOutput, 'binary'>[] {
  const { outputs = [], raw_output_contents: raw } = answer as {
    readonly outputs?: readonly WrittenOutput[];
    readonly raw_output_contents?: readonly Buffer[];
  };
  if (raw) expect(raw).toHaveLength(outputs.length);
  return outputs.map(({ name, datatype, shape = [], contents }, i) => {
    if (raw) expect(contents ?? {}, `contents of ${name} beside raw_output_contents`).toEqual({});
    const elements = raw ? fromBytes(datatype, raw[i] as Buffer) : typedElements(datatype, contents);
    expect(elements, `elements of ${name}`).toHaveLength(sizeOf(shape));
    return { name, datatype, shape, elements };
  });
}

function typedElements(datatype: string, contents: WrittenOutput['contents'] = {}): readonly Element[] {
  return (contents[CONTENTS[datatype] ?? ''] ?? []).map((element) => fromJson(datatype, element));
}

/** The samples are small: no digit of a bigint is lost. */
function plain(element: Element): unknown {
  return typeof element === 'bigint' ? Number(element) : element;
}
