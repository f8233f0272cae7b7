import { mkdtemp, cp, rm, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it, onTestFinished } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights', import.meta.url));

/** The flights example in a folder of its own, with its pipeline file changed. */
async function changed(from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-check-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(`${FLIGHTS}/schemas`, `${folder}/schemas`, { recursive: true });
  await cp(`${FLIGHTS}/models/arrival-delay/1`, `${folder}/models/arrival-delay/1`, { recursive: true });
  const text = await readFile(`${FLIGHTS}/pipeline.yaml`, 'utf8');
  if (!text.includes(from)) throw new Error(`the example has no ${from}`);
  await writeFile(`${folder}/pipeline.yaml`, text.replace(from, to));
  return `${folder}/pipeline.yaml`;
}

describe('millrace check', () => {
  it('explains topics, stages, the vector and the model that takes it', async () => {
    const context = recordedContext();
    expect(await runProgram(['check', `${FLIGHTS}/pipeline.yaml`], context)).toBe(0);
    expect(context.out()).toMatch(/by tailnum +assembles vectors/);
    expect(context.out()).toMatch(/19 +tail_since_arrival_s/);
    expect(context.out()).toMatch(
      /takes features float32 \[.*20\], which fits the vector\n +gives probability float32 .*, published as probability/,
    );
    expect(context.out()).toContain('a restart reads for');
  });

  it('says which empty windows are dead letters of a model that takes no NaN', async () => {
    const pipeline = await changed('take: last, of: visib }', 'take: last, of: visib, default: 10 }');
    await writeFile(join(dirname(pipeline), 'models/arrival-delay/1/model.json'), '{"nan":false}');
    const context = recordedContext();
    expect(await runProgram(['check', pipeline], context)).toBe(0);
    expect(context.out()).toMatch(/takes no NaN: an empty window of wind_speed, temperature, precip_4h, origin_late/);
  });

  it('says of a profile how many rows it has, and where they are few; and where there is none, or one that is broken', async () => {
    const pipeline = await changed('name: flights', 'name: other');
    const file = join(dirname(pipeline), 'models/arrival-delay/1/profile.json');
    const few = join(dirname(pipeline), 'few.csv');
    const sample = gunzipSync(await readFile(`${FLIGHTS}/data/reference.csv.gz`)).toString('utf8');
    await writeFile(few, sample.split('\n').slice(0, 301).join('\n'));
    const said = async (): Promise<string> => {
      const context = recordedContext();
      const code = await runProgram(['check', pipeline], context);
      return `${code} ${context.out()}${context.err()}`;
    };
    expect(await said()).toMatch(/^0 [^]*profile .*profile\.json, 10000 rows\n/);
    await runProgram(['model', 'profile', 'arrival-delay', '--sample', few, pipeline], recordedContext());
    expect(await said()).toMatch(/^0 [^]*profile\.json, 300 rows are few: .* Take 1000 or more/);
    await writeFile(file, '{}');
    expect(await said()).toMatch(/^1 [^]*PROFILE_INVALID/);
    await rm(file);
    expect(await said()).toMatch(/^0 [^]*no profile\.json: the monitor compares with the version's own first rows/);
  });

  it('prints one JSON document with --json', async () => {
    const context = recordedContext();
    expect(await runProgram(['check', `${FLIGHTS}/pipeline.yaml`, '--json', '--rate', '4'], context)).toBe(0);
    const explained = JSON.parse(context.out()) as { vector: object[]; state: { rate: number } };
    expect([explained.vector.length, explained.state.rate]).toEqual([20, 4]);
  });

  it('ends with 1 where there is no such model', async () => {
    const context = recordedContext();
    expect(await runProgram(['check', await changed('version: "1"', 'version: "7"')], context)).toBe(1);
    expect(context.err()).toContain('MODEL_NOT_FOUND');
  });

  it("ends with 1 where the vector is not the model's, and explains the plan all the same", async () => {
    const context = recordedContext();
    expect(await runProgram(['check', await changed('  - { name: distance, value: distance }\n', '')], context)).toBe(
      1,
    );
    expect(context.err()).toContain('MODEL_MISMATCH');
    expect(context.out()).toContain('Vector');
  });

  it('ends with 1 and every error of a broken file', async () => {
    const context = recordedContext();
    expect(
      await runProgram(['check', await changed('take: mean, of: dep_delay }', 'take: meen, of: dep_dely }')], context),
    ).toBe(1);
    expect(context.err().trim().split('\n')).toEqual([
      'millrace: The pipeline file is not valid (PIPELINE_INVALID):',
      expect.stringMatching(/pipeline\.yaml:\d+:\d+: features\[14\]\.take: found "meen"; .*did you mean mean\?$/),
      expect.stringMatching(
        /pipeline\.yaml:\d+:\d+: features\[14\]\.of: found unknown field dep_dely; .*did you mean dep_delay\?$/,
      ),
    ]);
  });
});
