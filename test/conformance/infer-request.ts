import { toBytes, type Element } from './datatypes.ts';
import { post, type HttpAnswer } from './http-door.ts';
import { sampleInputs, type SampleInput } from './sample-inputs.ts';
import { MODEL } from './target.ts';

type Json = Readonly<Record<string, unknown>>;

/** What of a request is not its inputs. */
export interface Rest extends Json {
  readonly id?: string;
  readonly parameters?: Json;
  readonly outputs?: readonly { readonly name: string; readonly parameters?: Json }[];
}

/** An input in JSON, with its data flat. */
export function jsonInput({ name, datatype, shape, elements }: SampleInput): Json {
  return { name, datatype, shape, data: elements.map(jsonElement) };
}

/** `$inference_request` in JSON. */
export function jsonRequest(inputs: readonly SampleInput[] = sampleInputs(), rest: Rest = {}): Json {
  return { ...rest, inputs: inputs.map(jsonInput) };
}

export function inferJson(inputs?: readonly SampleInput[], rest?: Rest, path = MODEL): Promise<HttpAnswer> {
  return post(`${path}/infer`, jsonRequest(inputs, rest));
}

/** `$inference_request` whose inputs are bytes behind the JSON. */
export function inferBinary(inputs: readonly SampleInput[] = sampleInputs(), rest: Rest = {}): Promise<HttpAnswer> {
  const bytes = inputs.map(({ datatype, elements }) => toBytes(datatype, elements));
  const described = inputs.map(({ name, datatype, shape }, i) => {
    return { name, datatype, shape, parameters: { binary_data_size: bytes[i]?.length } };
  });
  return sendBinary({ ...rest, inputs: described }, Buffer.concat(bytes));
}

export function sendBinary(json: Json, bytes: Buffer, headerLength?: string): Promise<HttpAnswer> {
  const head = Buffer.from(JSON.stringify(json));
  return post(`${MODEL}/infer`, Buffer.concat([head, bytes]), {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': headerLength ?? String(head.length),
  });
}

/** The samples are small: no digit of a bigint is lost. */
function jsonElement(element: Element): unknown {
  return typeof element === 'bigint' ? Number(element) : element;
}
