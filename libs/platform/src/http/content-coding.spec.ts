import { deflateSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { decodeContent, encodeContent, preferredCoding, type ContentCoding } from './content-coding.ts';

const TEXT = Buffer.from('x'.repeat(1000));

describe('decodeContent', () => {
  it.each([
    [TEXT, undefined],
    [TEXT, 'identity'],
    [gzipSync(TEXT), 'gzip'],
    [deflateSync(TEXT), 'Deflate'],
  ])('undoes the coding %#', async (body, coding) => {
    expect(await decodeContent(body, coding, 1000)).toEqual(TEXT);
  });

  it.each([
    [TEXT, 'br', 'UNSUPPORTED_MEDIA_TYPE'],
    [TEXT, 'constructor', 'UNSUPPORTED_MEDIA_TYPE'],
    [TEXT, 'gzip', 'BODY_UNPARSEABLE'],
    [gzipSync(TEXT).subarray(0, -9), 'gzip', 'BODY_UNPARSEABLE'],
    [gzipSync(Buffer.concat([TEXT, TEXT])), 'gzip', 'BODY_TOO_LARGE'],
  ])('refuses the body %#, coded as %s', async (body, coding, code) => {
    await expect(decodeContent(body, coding, 1000)).rejects.toMatchObject({ code });
  });
});

describe('encodeContent', () => {
  it.each<ContentCoding>(['gzip', 'deflate'])('codes what decodeContent reads: %s', async (coding) => {
    const coded = await encodeContent(TEXT, coding);
    expect(coded.length).toBeLessThan(TEXT.length);
    expect(await decodeContent(coded, coding, 1000)).toEqual(TEXT);
  });
});

describe('preferredCoding', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['br', null],
    ['gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip, deflate, br', 'gzip'],
    ['gzip;q=0.5, deflate;q=0.8', 'deflate'],
    ['gzip;q=0', null],
    ['identity, gzip;q=0.5', null],
    ['gzip;q=nonsense', null],
  ])('of %j is %j', (header, coding) => {
    expect(preferredCoding(header)).toBe(coding);
  });
});
