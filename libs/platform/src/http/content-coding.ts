import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate, type InputType } from 'node:zlib';

import { AppError, messageOf } from '@millrace/core';

/** Content codings of RFC 9110, section 8.4.1; `deflate` has zlib's header, as there. */
export type ContentCoding = 'gzip' | 'deflate';

type Decoder = (body: InputType, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: Readonly<Record<string, Decoder>> = { gzip: promisify(gunzip), deflate: promisify(inflate) };
const ENCODERS = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;
const PREFERRED: readonly ContentCoding[] = ['gzip', 'deflate'];

/**
 * A body without its coding.
 *
 * @param coding the header `Content-Encoding`
 * @throws AppError `UNSUPPORTED_MEDIA_TYPE`, `BODY_UNPARSEABLE`, `BODY_TOO_LARGE` for more than `mostBytes`
 */
export async function decodeContent(body: Buffer, coding: string | undefined, mostBytes: number): Promise<Buffer> {
  const name = (coding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (!decode)
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      `found content-encoding ${name}; allowed are gzip, deflate, identity.`,
    );
  try {
    return await decode(body, { maxOutputLength: mostBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new AppError('BODY_TOO_LARGE', `the body is more than ${mostBytes} bytes without its ${name}.`);
    throw new AppError('BODY_UNPARSEABLE', `the body is not ${name} (${messageOf(error)}).`);
  }
}

/** The coding that a client likes best among those there are; null: as it is. */
export function preferredCoding(acceptEncoding: string | undefined): ContentCoding | null {
  const wanted = new Map((acceptEncoding ?? '').split(',').map(weighed));
  const weight = (name: string): number => wanted.get(name) ?? 0;
  const best = PREFERRED.toSorted((a, b) => weight(b) - weight(a))[0] as ContentCoding;
  return weight(best) > 0 && weight(best) >= weight('identity') ? best : null;
}

export function encodeContent(body: Buffer, coding: ContentCoding): Promise<Buffer> {
  return ENCODERS[coding](body);
}

/** `gzip;q=0.5` */
function weighed(item: string): readonly [string, number] {
  const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return [name, quality === undefined ? 1 : Number(quality.slice(2)) || 0];
}
