import { readFile, writeFile } from 'node:fs/promises';

import { S3Client } from '@bradenmacdonald/s3-lite-client';
import { AppError, messageOf, type Clock } from '@millrace/core';

import { holdFolder } from './cache-sweep.ts';
import { contentChecksum } from './checksum.ts';
import { isFileName, isModelName } from './model-name.ts';
import {
  CARD_FILE,
  compareVersions,
  MODEL_FILE,
  PROFILE_FILE,
  type LocalVersion,
  type ModelStore,
  type NewFile,
  type StoredFile,
  type StoredVersion,
} from './model-store.ts';
import { S3Requests } from './s3-requests.ts';
import type { ModelStoreSettings, S3Settings } from './s3-settings.ts';
import { VersionCache } from './version-cache.ts';

/** What an object that is put says of itself. */
const CHECKSUM_HEADER = 'x-amz-meta-sha256';

/** An object of a model, by the version that it belongs to. */
interface ListedFile extends StoredFile {
  readonly version: string;
  readonly changedAt: number;
}

/**
 * Versions in `s3://bucket/prefix/<model>/<version>/`: those that have a `model.onnx` and a `model.json`, which comes
 * last, so that half an upload is no version.
 */
export class S3Store implements ModelStore {
  readonly #location: string;
  /** Empty, or with a slash at its end. */
  readonly #prefix: string;
  readonly #client: S3Client;
  readonly #requests: S3Requests;
  readonly #cache: VersionCache;

  /** @param location `s3://bucket/prefix` */
  constructor(location: string, { s3, cacheFolder, cacheBytes }: ModelStoreSettings, clock: Clock) {
    const { hostname: bucket, pathname } = new URL(location);
    this.#location = location;
    this.#prefix = pathname.length > 1 ? `${pathname.slice(1)}/` : '';
    this.#client = clientOf(s3, bucket);
    this.#requests = new S3Requests(`${location} at ${this.#client.protocol}//${this.#client.host}`, clock);
    this.#cache = new VersionCache(cacheFolder, cacheBytes, clock);
  }

  locationOf(...names: readonly string[]): string {
    return [this.#location, ...names].join('/');
  }

  async models(): Promise<readonly string[]> {
    const groups = await this.#listed('listing models', async () => {
      const found: string[] = [];
      for await (const one of this.#client.listObjectsGrouped({ prefix: this.#prefix, delimiter: '/' }))
        if (one.type === 'CommonPrefix') found.push(one.prefix.slice(this.#prefix.length, -1));
      return found;
    });
    return groups.filter(isModelName).toSorted(compareVersions);
  }

  async versions(model: string): Promise<readonly StoredVersion[]> {
    const byVersion = Map.groupBy(isModelName(model) ? await this.#filesOf(model) : [], ({ version }) => version);
    const found = [...byVersion].flatMap(([version, files]) => {
      const model = files.find(({ name }) => name === MODEL_FILE);
      const isWhole = model !== undefined && files.some(({ name }) => name === CARD_FILE);
      return isWhole && isModelName(version) ? [{ version, files, changedAt: model.changedAt }] : [];
    });
    return found.toSorted((a, b) => compareVersions(a.version, b.version));
  }

  read(model: string, version: string, file: string): Promise<string | null> {
    return this.#requests.askUnless(404, `reading ${model}/${version}/${file}`, async () => {
      const answer = await this.#requests.inTime(this.#client.getObject(this.#key(model, version, file)));
      return answer.text();
    });
  }

  async checkOut(model: string, { version, files }: StoredVersion): Promise<LocalVersion> {
    const card = (await this.read(model, version, CARD_FILE)) ?? '{}';
    const folder = await this.#cache.folderOf({
      card,
      files: files.filter(({ name }) => ![CARD_FILE, PROFILE_FILE].includes(name)),
      shown: (name) => this.locationOf(model, version, name),
      fetch: (name, target) => this.#fetch(model, version, name, target),
    });
    const profile = await this.#profileOf(model, version, files);
    const profileFile = profile === null ? null : await this.#cache.fileOf(profile);
    return { folder, profileFile, hold: () => holdFolder(folder) };
  }

  /** `If-None-Match: *` lets one of several writers win each object; whoever wins `model.onnx` has the version. */
  async add(model: string, version: string, files: ReadonlyMap<string, NewFile>): Promise<boolean> {
    const card = files.get(CARD_FILE);
    const ordered = [...files].filter(([name]) => name !== CARD_FILE);
    for (const [name, file] of card ? [...ordered, [CARD_FILE, card] as const] : ordered) {
      if (!(await this.#putNew(this.#key(model, version, name), await bytesOf(file)))) return false;
    }
    return true;
  }

  async putProfile(model: string, version: string, text: string): Promise<string> {
    const key = this.#key(model, version, PROFILE_FILE);
    await this.#requests.ask(`writing ${key}`, () => this.#put(key, Buffer.from(text), {}));
    return this.locationOf(model, version, PROFILE_FILE);
  }

  #key(...names: readonly string[]): string {
    return this.#prefix + names.join('/');
  }

  #listed<T>(what: string, list: () => Promise<T>): Promise<T> {
    return this.#requests.ask(what, () => this.#requests.inTime(list()));
  }

  /** Those directly in the folders of its versions. */
  #filesOf(model: string): Promise<readonly ListedFile[]> {
    const prefix = this.#key(model, '');
    return this.#listed(`listing versions of ${model}`, async () => {
      const found: ListedFile[] = [];
      for await (const { key, size, lastModified } of this.#client.listObjects({ prefix })) {
        const [version = '', name = '', ...deeper] = key.slice(prefix.length).split('/');
        if (isFileName(name) && deeper.length === 0)
          found.push({ version, name, bytes: size, changedAt: lastModified.getTime() });
      }
      return found;
    });
  }

  #profileOf(model: string, version: string, files: readonly StoredFile[]): Promise<string | null> {
    const hasProfile = files.some(({ name }) => name === PROFILE_FILE);
    return hasProfile ? this.read(model, version, PROFILE_FILE) : Promise.resolve(null);
  }

  async #fetch(model: string, version: string, name: string, target: string): Promise<void> {
    await this.#requests.ask(`reading ${model}/${version}/${name}`, async () => {
      const { body } = await this.#requests.inTime(this.#client.getObject(this.#key(model, version, name)));
      await writeFile(target, body ?? '', { flush: true });
    });
  }

  /** @returns false: something else has the name. A try whose answer was lost has put it itself. */
  async #putNew(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const sha256 = contentChecksum(bytes);
    const put = await this.#requests.askUnless(412, `writing ${key}`, () =>
      this.#put(key, bytes, { 'if-none-match': '*', [CHECKSUM_HEADER]: sha256 }),
    );
    if (put !== null) return true;
    const there = await this.#requests.askUnless(404, `reading ${key}`, () =>
      this.#requests.inTime(this.#client.statObject(key)),
    );
    return there?.metadata[CHECKSUM_HEADER] === sha256;
  }

  #put(key: string, payload: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>): Promise<Response> {
    return this.#client.makeRequest({ method: 'PUT', objectName: key, headers: new Headers(headers), payload });
  }
}

/** @throws AppError `CONFIG_INVALID` */
function clientOf({ endpoint, region, credentials }: S3Settings, bucket: string): S3Client {
  try {
    return new S3Client({
      endPoint: endpoint ?? `https://s3.${region}.amazonaws.com`,
      region,
      bucket,
      ...(credentials && { accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey }),
      ...(credentials?.sessionToken && { sessionToken: credentials.sessionToken }),
    });
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `the variables AWS_*: ${messageOf(error)}`, { cause: error });
  }
}

async function bytesOf(file: NewFile): Promise<Uint8Array<ArrayBuffer>> {
  return 'text' in file ? Buffer.from(file.text) : readFile(file.path);
}
