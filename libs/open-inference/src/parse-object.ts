import { isUtf8 } from 'node:buffer';

import { AppError, isNestedTooDeep, messageOf, MOST_JSON_DEPTH } from '@millrace/core';

import { parseExactJson } from './exact-json.ts';
import { asObject, type JsonObject } from './json-field.ts';

/**
 * The JSON object that a body is; an empty body is an empty object.
 *
 * @throws AppError `INFERENCE_INVALID`
 */
export function parseObject(body: Uint8Array): JsonObject {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw new AppError('INFERENCE_INVALID', 'the JSON has bytes that are not UTF-8.');
  return asObject(parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8')), 'the body');
}

function parse(text: string): unknown {
  if (isNestedTooDeep(text))
    throw new AppError('INFERENCE_INVALID', `the JSON has more than the ${MOST_JSON_DEPTH} levels that are allowed.`);
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new AppError('INFERENCE_INVALID', `the body is not JSON (${messageOf(error)}).`);
  }
}
