import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';

import { CHART, flights, helm, renderChart, valuesFile } from './render-chart.ts';

const run = promisify(execFile);

describe('the README of the chart', () => {
  let page: string;
  let folder: string;

  beforeEach(async () => {
    page = await readFile(join(CHART, 'README.md'), 'utf8');
    folder = await mkdtemp(join(tmpdir(), 'millrace-readme-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const blocks = (language: string): readonly string[] =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text as string);

  it('has a command that installs the pipeline of the folder it is run in', async () => {
    for (const [path, text] of Object.entries(flights('cpu'))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const [install = ''] = blocks('sh');
    const command = install.replace('helm install flights chart', `"$HELM" template flights "${CHART}"`);
    const { stdout } = await run('sh', ['-ec', command], {
      cwd: folder,
      env: { ...process.env, HELM: inject('helm') },
    });
    expect(stdout.match(/^kind: StatefulSet$/gm)).toHaveLength(4);
    expect(stdout).toContain('image: "registry.example.org/millrace:0.1.0"');
  });

  it('has values that the chart takes', async () => {
    const examples = blocks('yaml').map((text) => parse(text) as Record<string, unknown>);
    expect(examples).toHaveLength(3);
    for (const values of examples) expect(await renderChart('minimal', { values })).not.toEqual([]);
  });
});

describe('the notes of a release', () => {
  const notes = async (topics: string): Promise<string> => {
    const files = { ...flights('minimal'), 'pipeline.yaml': `${flights('minimal')['pipeline.yaml']}${topics}` };
    const args = [
      'install',
      'r',
      CHART,
      '--dry-run=client',
      '--namespace',
      'ns',
      '-f',
      valuesFile('minimal'),
      '-f',
      '-',
    ];
    const said = await helm(args, JSON.stringify({ pipeline: { files } }));
    return said.slice(said.indexOf('NOTES:'));
  };

  it('say where the doors are', async () => {
    const said = await notes('');
    expect(said).toContain('http://r-millrace-ingest.ns:8080/v1/events');
    expect(said).not.toContain('WARNING');
  });

  it('warn of pods that will have no partition', async () => {
    expect(await notes('topics: { partitions: 1 }\n')).toContain('scorer may have 2 pods for 1 partitions');
  });
});
