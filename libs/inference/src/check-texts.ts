import { isUtf8 } from 'node:buffer';

import { AppError } from '@millrace/core';
import type { Tensor } from '@millrace/tensors';

/**
 * Sees that what goes to the runtime as text is text: it takes UTF-8, and nothing behind a character 0.
 *
 * @throws AppError `TENSOR_INVALID`
 */
export function checkTexts(tensors: readonly Tensor[]): void {
  for (const { name, datatype, data } of tensors) {
    if (datatype !== 'BYTES') continue;
    const at = data.findIndex((bytes) => !isUtf8(bytes) || bytes.includes(0));
    if (at >= 0)
      throw new AppError(
        'TENSOR_INVALID',
        `${name}: element ${at} is no text; allowed is UTF-8 without the character 0, which is all that models take.`,
      );
  }
}
