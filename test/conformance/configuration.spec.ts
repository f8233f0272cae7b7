import { expect, it } from 'vitest';

import { extension } from './extension.ts';
import { expectRefused, get, jsonOf } from './http-door.ts';
import { ANOTHER_MODEL, MODEL_PATHS, target } from './target.ts';

extension('model_configuration', () => {
  it.each(MODEL_PATHS)('has the name, inputs and outputs of the model at %s/config', async (path) => {
    const named = (tensors: readonly { readonly name: string }[]) =>
      tensors.map(({ name }) => expect.objectContaining({ name }) as object);
    expect(jsonOf(await get(`${path}/config`))).toMatchObject({
      name: target.model.name,
      input: named(target.model.inputs),
      output: named(target.model.outputs),
    });
  });

  it('refuses that of another model', async () => expectRefused(await get(`${ANOTHER_MODEL}/config`)));
});
