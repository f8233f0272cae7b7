import { expect } from 'vitest';

import { DATATYPES, fromBytes, fromJson, type Element } from './datatypes.ts';
import type { HttpAnswer } from './http-door.ts';
import { sizeOf } from './sample-inputs.ts';

export interface AnsweredOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly elements: readonly Element[];
  /** Whether it came as bytes. */
  readonly binary: boolean;
}

export interface InferAnswer {
  /** All but the outputs. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly outputs: readonly AnsweredOutput[];
}

interface WrittenOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data?: unknown;
  readonly parameters?: { readonly binary_data_size?: number };
}

/** Reads an answer, and sees that it is what the protocol calls `$inference_response`. */
export function answerOf(answer: HttpAnswer): InferAnswer {
  expect(answer.status, String(answer.body)).toBe(200);
  const header = answer.headers.get('inference-header-content-length');
  const jsonBytes = header === null ? answer.body.length : Number(header);
  const { outputs, ...rest } = JSON.parse(String(answer.body.subarray(0, jsonBytes))) as {
    readonly outputs: readonly WrittenOutput[];
  };
  expect(outputs).toBeInstanceOf(Array);
  let at = jsonBytes;
  const read = outputs.map((output) => {
    const size = output.parameters?.binary_data_size;
    if (size === undefined) return readOutput(output, null);
    return readOutput(output, answer.body.subarray(at, (at += size)));
  });
  expect(at, 'bytes of the JSON and of all outputs').toBe(answer.body.length);
  return { rest, outputs: read };
}

function readOutput({ name, datatype, shape, data }: WrittenOutput, bytes: Uint8Array | null): AnsweredOutput {
  expect(name).toEqual(expect.any(String));
  expect(DATATYPES).toContain(datatype);
  expect(
    shape.every((size) => Number.isInteger(size) && size >= 0),
    `shape ${JSON.stringify(shape)}`,
  ).toBe(true);
  if (bytes === null) expect(data, `data of ${name}`).toBeInstanceOf(Array);
  else expect(data, `data beside the bytes of ${name}`).toBeUndefined();
  const elements = bytes
    ? fromBytes(datatype, bytes)
    : (data as unknown[]).flat(Infinity).map((element) => fromJson(datatype, element));
  expect(elements, `elements of ${name}`).toHaveLength(sizeOf(shape));
  return { name, datatype, shape, elements, binary: bytes !== null };
}

/** Values alone, to compare what came in different forms. */
export function valuesOf({ outputs }: InferAnswer): readonly Omit<AnsweredOutput, 'binary'>[] {
  return outputs.map(({ name, datatype, shape, elements }) => ({ name, datatype, shape, elements }));
}
