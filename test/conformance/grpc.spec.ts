import { describe, expect, it } from 'vitest';

import { extension } from './extension.ts';
import { call, expectNotOk, outputsOf, rawRequest, typedRequest } from './grpc-door.ts';
import { answerOf, valuesOf } from './infer-answer.ts';
import { inferJson } from './infer-request.ts';
import { sampleInputs } from './sample-inputs.ts';
import { MODEL, target } from './target.ts';

const { grpc, server, model } = target;
const OUTPUTS = model.outputs.map(({ name }) => name);
const NAMED = [{ name: model.name }, ...model.versions.map((version) => ({ name: model.name, version }))];
const NOBODY = 'no-model-has-this-name';
const sorted = (names: readonly { readonly name: string }[]) => names.map(({ name }) => name).toSorted();

describe.runIf(grpc !== null)(grpc === null ? 'gRPC: OIP_GRPC does not say where' : 'gRPC', () => {
  describe('health', () => {
    it('is live and ready', async () => {
      expect(await call('ServerLive')).toMatchObject({ live: true });
      expect(await call('ServerReady')).toMatchObject({ ready: true });
    });

    it.each(NAMED)('has the model ready: %o', async (named) => {
      expect(await call('ModelReady', named)).toMatchObject({ ready: true });
    });

    it('has no model ready that it does not have', async () => {
      const answer = await call('ModelReady', { name: NOBODY }).catch(() => ({}));
      expect(answer).not.toMatchObject({ ready: true });
    });
  });

  describe('metadata', () => {
    it('are those that HTTP has of the server', async () => {
      const { name, version, extensions = [] } = await call('ServerMetadata');
      expect({ name, version, extensions }).toEqual(server);
    });

    it.each(NAMED)('are those that HTTP has of the model: %o', async (named) => {
      const found = await call('ModelMetadata', named);
      expect(found).toMatchObject({ name: model.name, platform: expect.any(String) });
      expect({ inputs: found['inputs'], outputs: found['outputs'] }).toEqual({
        inputs: model.inputs.map((info) => expect.objectContaining(info) as unknown),
        outputs: model.outputs.map((info) => expect.objectContaining(info) as unknown),
      });
      expect(found['versions'] ?? []).toEqual(model.versions);
    });

    it('are not there of another model', async () => {
      await expectNotOk(call('ModelMetadata', { name: NOBODY }));
      await expectNotOk(call('ModelMetadata', { name: model.name, version: '987654321' }));
    });
  });

  describe('inference', () => {
    it.each([
      ['in the fields of their types', typedRequest],
      ['as bytes', rawRequest],
    ])('gives for tensors %s what HTTP gives', async (_, request) => {
      const byHttp = async (path?: string) => valuesOf(answerOf(await inferJson(undefined, undefined, path)));
      expect(outputsOf(await call('ModelInfer', request()))).toEqual(await byHttp());
      for (const version of model.versions) {
        const answer = await call('ModelInfer', request(undefined, { model_version: version }));
        expect(outputsOf(answer)).toEqual(await byHttp(`${MODEL}/versions/${version}`));
      }
    });

    it('returns the id of the request, and says which model has answered', async () => {
      const answer = await call('ModelInfer', typedRequest(undefined, { id: 'ünïcode 42' }));
      expect(answer).toMatchObject({ id: 'ünïcode 42', model_name: model.name });
      if (model.versions.length > 0) expect(model.versions).toContain(answer['model_version']);
    });

    it('takes parameters of each kind', async () => {
      const parameters = {
        conformance_boolean: { bool_param: true },
        conformance_integer: { int64_param: 7 },
        conformance_text: { string_param: 'x' },
      };
      const plain = outputsOf(await call('ModelInfer', typedRequest()));
      expect(outputsOf(await call('ModelInfer', typedRequest(undefined, { parameters })))).toEqual(plain);
    });

    it.each(OUTPUTS)('gives the outputs that are asked for: %s', async (name) => {
      const answer = await call('ModelInfer', typedRequest(undefined, { outputs: [{ name }] }));
      expect(outputsOf(answer).map((output) => output.name)).toEqual([name]);
    });

    it('gives all of them where none is named', async () => {
      expect(sorted(outputsOf(await call('ModelInfer', rawRequest())))).toEqual(OUTPUTS.toSorted());
    });
  });

  describe('a request that is wrong has another status than OK', () => {
    const raw = rawRequest() as { readonly raw_input_contents: readonly Buffer[] };
    const typed = typedRequest() as { readonly inputs: readonly { readonly shape: readonly number[] }[] };
    const [first] = raw.raw_input_contents as [Buffer];
    const longer = typed.inputs.map((input) => ({ ...input, shape: input.shape.map((size) => size + 1) }));
    const WRONG: Readonly<Record<string, object>> = {
      'another model': { ...typed, model_name: NOBODY },
      'another version': { ...typed, model_version: '987654321' },
      'no inputs': { ...typed, inputs: [] },
      'an output that there is not': { ...typed, outputs: [{ name: 'no-output-has-this-name' }] },
      'a shape of more elements than there are': { ...typed, inputs: longer },
      'a datatype that there is not': {
        ...typed,
        inputs: typed.inputs.map((input) => ({ ...input, datatype: 'FP31' })),
      },
      'a negative size': {
        ...typed,
        inputs: typed.inputs.map((input) => ({ ...input, shape: input.shape.map((n) => -n) })),
      },
      'contents beside raw_input_contents': { ...typed, raw_input_contents: raw.raw_input_contents },
      'a byte too few': { ...raw, raw_input_contents: raw.raw_input_contents.with(0, first.subarray(1)) },
      'a byte too many': {
        ...raw,
        raw_input_contents: raw.raw_input_contents.with(0, Buffer.concat([first, Buffer.of(7)])),
      },
      'raw contents of an input too many': { ...raw, raw_input_contents: [...raw.raw_input_contents, first] },
      'raw contents of no input': { ...raw, raw_input_contents: [] },
    };

    it.each(Object.keys(WRONG))('%s', async (what) => {
      await expectNotOk(call('ModelInfer', WRONG[what] as Readonly<Record<string, unknown>>));
    });

    it('and harms no other', async () => {
      await Promise.allSettled(
        Object.values(WRONG).map((wrong) => call('ModelInfer', wrong as Record<string, unknown>)),
      );
      expect(outputsOf(await call('ModelInfer', typedRequest()))).toEqual(valuesOf(answerOf(await inferJson())));
    });
  });

  extension('classification', () => {
    it('gives texts of the highest values and their places, as HTTP does', async () => {
      const [name = ''] = OUTPUTS;
      const asked = [{ name, parameters: { classification: { int64_param: 1 } } }];
      const [output] = outputsOf(await call('ModelInfer', typedRequest(sampleInputs(1), { outputs: asked })));
      const byHttp = answerOf(
        await inferJson(sampleInputs(1), { outputs: [{ name, parameters: { classification: 1 } }] }),
      );
      expect(output).toEqual(valuesOf(byHttp)[0]);
    });
  });

  extension('model_configuration', () => {
    it.each(NAMED)('has the name, inputs and outputs of the model: %o', async (named) => {
      const { config } = (await call('ModelConfig', named)) as { config: Readonly<Record<string, never>> };
      expect(config).toMatchObject({ name: model.name });
      expect(sorted(config['input'] ?? [])).toEqual(sorted(model.inputs));
      expect(sorted(config['output'] ?? [])).toEqual(sorted(model.outputs));
    });
  });

  extension('statistics', () => {
    it('counts what comes by gRPC', async () => {
      const succeeded = async (): Promise<number> => {
        const { model_stats: all } = (await call('ModelStatistics', { name: model.name })) as {
          model_stats: readonly { readonly inference_stats: { readonly success?: { readonly count?: number } } }[];
        };
        return all[0]?.inference_stats.success?.count ?? 0;
      };
      const before = await succeeded();
      await call('ModelInfer', typedRequest());
      expect((await succeeded()) - before).toBe(1);
    });
  });

  extension('model_repository', () => {
    it('lists the model, which is ready', async () => {
      const { models } = (await call('RepositoryIndex', { ready: true })) as {
        models: readonly { readonly name: string }[];
      };
      expect(models).toContainEqual(expect.objectContaining({ name: model.name, state: 'READY' }));
    });
  });
});
