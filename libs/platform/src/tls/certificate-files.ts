import { createSecureContext } from 'node:tls';

import { AppError, messageOf } from '@millrace/core';

import type { TlsFiles } from '../config/platform-config.ts';
import { readPemFile } from '../config/read-pem-file.ts';

/** PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws AppError `CONFIG_INVALID` for what is no certificate, no key, or a key of another certificate */
export async function readCertificate({ cert, key }: TlsFiles): Promise<Certificate> {
  const read = { cert: await readPemFile('MILLRACE_TLS_CERT', cert), key: await readPemFile('MILLRACE_TLS_KEY', key) };
  try {
    createSecureContext(read);
  } catch (error) {
    throw new AppError(
      'CONFIG_INVALID',
      `MILLRACE_TLS_CERT (${cert}) and MILLRACE_TLS_KEY (${key}) are not a certificate and its key (${messageOf(error)}). Name PEM files; the key has no passphrase.`,
      { cause: error },
    );
  }
  return read;
}
