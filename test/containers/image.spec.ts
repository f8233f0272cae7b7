import { readFile } from 'node:fs/promises';
import { arch } from 'node:os';

import {
  GenericContainer,
  getContainerRuntimeClient,
  ImageName,
  Wait,
  type StartedTestContainer,
} from 'testcontainers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { foreignImages } from '../../scripts/containers/images.mjs';

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { name?: string; version: string; link?: boolean; dev?: boolean; optional?: boolean }>
  >;
}

const OURS = 'pkg:npm/%40millrace/';

describe('the image', () => {
  let idle: StartedTestContainer;
  let components: readonly Component[];
  let installedPackages: LockFile['packages'];

  const told = async (command: readonly string[]): Promise<string> => {
    const { output, exitCode } = await idle.exec([...command]);
    expect(exitCode, output).toBe(0);
    return output.trim();
  };

  beforeAll(async () => {
    idle = await new GenericContainer(inject('image'))
      .withEntrypoint(['node', '-e', 'setInterval(() => {}, 1000)'])
      .withCommand([])
      .withWaitStrategy(Wait.forListeningPorts())
      .start();
    const sbom = JSON.parse(await told(['cat', '/millrace/sbom.cdx.json'])) as {
      bomFormat: string;
      components: readonly Component[];
    };
    expect(sbom.bomFormat).toBe('CycloneDX');
    components = sbom.components;
    ({ packages: installedPackages } = JSON.parse(
      await told(['cat', '/millrace/node_modules/.package-lock.json']),
    ) as LockFile);
  });

  afterAll(() => idle.stop());

  it('runs as a user without rights, and is labelled with its version and licence', async () => {
    const { image: images } = await getContainerRuntimeClient();
    const { Config } = await images.inspect(ImageName.fromString(inject('image')));
    expect(Config.User).toBe('1000:1000');
    expect(await told(['id', '-u'])).toBe('1000');
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'Millrace',
      'org.opencontainers.image.version': inject('image').split(':')[1],
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
  });

  it('knows its commands', async () => {
    expect(await told(['node', '/millrace/apps/cli/bin/millrace.mjs', '--help'])).toContain('Usage: millrace');
  });

  it('has a bill of materials that names each package that is installed, and no other', async () => {
    const names = Object.entries(installedPackages).flatMap(([path, { name, version, link }]) =>
      link === true ? [] : [`${name ?? path.split('node_modules/').at(-1)}@${version}`],
    );
    const listed = components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '')));
    expect(listed.sort()).toEqual([...new Set(names)].sort());
  });

  it('has a list of licences: of every package that is not ours, one, with its text where it has one', async () => {
    const licenses = await told(['cat', '/millrace/licenses.txt']);
    const foreign = components.filter(({ purl }) => !purl.startsWith(OURS));
    expect(foreign.filter((component) => (component.licenses ?? []).length === 0)).toEqual([]);
    for (const { purl } of foreign) expect(licenses).toMatch(`${decodeURIComponent(purl.replace('pkg:npm/', ''))}  `);
    expect(licenses).not.toContain('undefined');
    expect(licenses).toContain('Copyright (c) Microsoft Corporation');
  });

  it('holds no tools of development, and the runtime for one platform', async () => {
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as LockFile;
    const unwanted = (path: string): boolean => packages[path]?.dev === true || packages[path]?.optional === true;
    expect(Object.keys(installedPackages).filter(unwanted)).toEqual([]);
    expect(await told(['sh', '-c', 'find /millrace/apps /millrace/libs -name "*.ts" -o -name testing'])).toBe('');
    expect(await told(['sh', '-c', 'cd /millrace/node_modules/onnxruntime-node/bin/napi-v6; echo */*'])).toBe(
      `linux/${arch()}`,
    );
  });

  it('adds less than 120 MB to the image of Node', async () => {
    const { image: images } = await getContainerRuntimeClient();
    const sizeOf = async (name: string): Promise<number> => (await images.inspect(ImageName.fromString(name))).Size;
    expect((await sizeOf(inject('image'))) - (await sizeOf(foreignImages().node))).toBeLessThan(120e6);
  });
});
