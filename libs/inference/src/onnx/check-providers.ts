import { AppError } from '@millrace/core';
import { listSupportedBackends } from 'onnxruntime-node';

/** @throws AppError `CONFIG_INVALID` for a name that this build of the runtime does not have */
export function checkProviders(providers: readonly string[]): void {
  const known = listSupportedBackends().map(({ name }) => name);
  const unknown = providers.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new AppError(
    'CONFIG_INVALID',
    `predict.providers: found ${unknown.join(', ')}; on this machine ONNX Runtime can have ${known.join(', ')}. ` +
      'docs/models.md says what each needs.',
  );
}
