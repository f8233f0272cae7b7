import { ProtocolError } from './protocol-error.ts';
import type { Request } from './request.ts';

export interface VersionRange {
  readonly least: number;
  readonly most: number;
}

/** The versions that a broker speaks, by `API_KEYS`. Version 0 of this one is what every broker answers. */
export function apiVersionsRequest(): Request<ReadonlyMap<number, VersionRange>> {
  return {
    api: 'ApiVersions',
    version: 0,
    encode: () => Buffer.alloc(0),
    decode: (reader) => {
      const errorCode = reader.int16();
      if (errorCode !== 0) throw new ProtocolError(errorCode);
      return new Map(reader.array(() => [reader.int16(), { least: reader.int16(), most: reader.int16() }] as const));
    },
  };
}
