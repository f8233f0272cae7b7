import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

import { messageOf } from '@millrace/core';

import type { TlsFiles } from '../config/platform-config.ts';
import { readCertificate, type Certificate } from './certificate-files.ts';

/** What a door shows from now on. */
type Show = (certificate: Certificate) => void;

/**
 * The certificate of a service's doors. Who renews it replaces the files: the folders are watched, since files are renamed
 * into their place, or hang on a link that is (a secret that Kubernetes mounts). New connections see the new one; while
 * the files do not fit each other, the last that did.
 */
export class DoorCertificate {
  readonly #files: TlsFiles;
  readonly #doors: Show[] = [];
  readonly #watchers: readonly FSWatcher[];
  readonly #say: (what: string) => void;
  #current: Certificate;
  /** One change after the other. */
  #looking: Promise<void> = Promise.resolve();

  /**
   * @param say is told of each renewal, and why there is none where the files changed
   * @throws AppError `CONFIG_INVALID`
   */
  static async open(files: TlsFiles, say: (what: string) => void): Promise<DoorCertificate> {
    return new DoorCertificate(files, await readCertificate(files), say);
  }

  private constructor(files: TlsFiles, current: Certificate, say: (what: string) => void) {
    this.#files = files;
    this.#current = current;
    this.#say = say;
    const folders = new Set([dirname(files.cert), dirname(files.key)]);
    const look = (): void => void (this.#looking = this.#looking.then(() => this.#look()));
    this.#watchers = [...folders].map((folder) => watch(folder, { persistent: false }, look));
    for (const watcher of this.#watchers)
      watcher.on('error', (error) => say(`renewals are not seen any more: ${error.message}`));
  }

  get current(): Certificate {
    return this.#current;
  }

  renewed(show: Show): void {
    this.#doors.push(show);
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  async #look(): Promise<void> {
    try {
      const found = await readCertificate(this.#files);
      if (found.cert.equals(this.#current.cert) && found.key.equals(this.#current.key)) return;
      this.#current = found;
      for (const show of this.#doors) show(found);
      this.#say('the doors show the renewed certificate.');
    } catch (error) {
      this.#say(`the certificate stays as it was: ${messageOf(error)}`);
    }
  }
}
