import { createHmac, createSecretKey } from 'node:crypto';

import { AppError } from '@millrace/core';

/** What stands for a text: the same for the same text, and without the key nothing else can be told from it. */
export type Pseudonym = (text: string) => string;

/** The environment variable with the key, for messages. */
export const PSEUDONYM_KEY = 'MILLRACE_PSEUDONYM_KEY';
/** RFC 2104, section 3: a key shorter than the hash's output weakens the function. */
const LEAST_KEY_BYTES = 32;
/** What is allowed and what to do, for messages. */
export const PSEUDONYM_KEY_WANTED = `needed is a secret of at least ${LEAST_KEY_BYTES} bytes, for instance what "openssl rand -base64 32" prints, the same for ingest and for the commands that read events.`;
/**
 * Of base64url, 6 bits each: 132 bits. RFC 2104, section 5, wants half of the hash's output at least; with so many, two of a
 * trillion texts have the same pseudonym with a chance of 10^-16.
 */
const LENGTH = 22;

/**
 * HMAC-SHA-256 (RFC 2104) of the pipeline's name, a zero byte and the text in UTF-8, its first 132 bits. The name is in it so
 * that one key in two pipelines makes pseudonyms that do not meet.
 *
 * @throws AppError `CONFIG_INVALID` where the key is too short
 */
export function pseudonymUnder(key: string, pipeline: string): Pseudonym {
  const bytes = Buffer.from(key, 'utf8');
  if (bytes.length < LEAST_KEY_BYTES)
    throw new AppError('CONFIG_INVALID', `${PSEUDONYM_KEY}: found ${bytes.length} bytes; ${PSEUDONYM_KEY_WANTED}`);
  const secret = createSecretKey(bytes); // prepared once: bytes would be so for each text
  return (text) => createHmac('sha256', secret).update(`${pipeline}\0${text}`).digest('base64url').slice(0, LENGTH);
}
