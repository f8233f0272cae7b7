import { generateKeyPairSync, sign } from 'node:crypto';

const [INTEGER, BITS, BYTES, OID, UTF8, UTC_TIME, SEQUENCE, SET] = [2, 3, 4, 6, 12, 23, 48, 49] as const;
/** Of its context: `[n]`, as a whole or as a primitive. */
const whole = (n: number): number => 0xa0 + n;
const primitive = (n: number): number => 0x80 + n;

/** DER: its tag, its length, its content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const oid = (hex: string): Buffer => der(OID, Buffer.from(hex, 'hex'));
const ECDSA_WITH_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'));
const utcTime = (ms: number): Buffer =>
  der(UTC_TIME, Buffer.from(`${new Date(ms).toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`));

/**
 * A certificate for `localhost` and 127.0.0.1, valid for a day, that is its own authority, and its key: PEM (RFC 5280).
 *
 * @param name the common name, by which two of them are told apart
 */
export function selfSigned(name: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, oid('550403'), der(UTF8, Buffer.from(name)))));
  const valid = der(SEQUENCE, utcTime(Date.now() - 3_600_000), utcTime(Date.now() + 86_400_000));
  const names = der(
    SEQUENCE,
    der(primitive(2), Buffer.from('localhost')),
    der(primitive(7), Buffer.from([127, 0, 0, 1])),
  );
  const extensions = der(SEQUENCE, der(SEQUENCE, oid('551d11'), der(BYTES, names)));
  const body = der(
    SEQUENCE,
    der(whole(0), der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    subject,
    valid,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(whole(3), extensions),
  );
  const signature = der(BITS, Buffer.from([0]), sign('sha256', body, privateKey));
  const bytes = der(SEQUENCE, body, ECDSA_WITH_SHA256, signature).toString('base64');
  const cert = `-----BEGIN CERTIFICATE-----\n${bytes.replaceAll(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`;
  return { cert, key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}
