import { AppError } from '@millrace/core';
import type { PlannedText } from '@millrace/pipeline';

export type Variables = (name: string) => string | undefined;

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * A text of the pipeline file with the variables that it names.
 *
 * @throws AppError `CONFIG_INVALID` where one is not set
 */
export function fillText({ text, place }: PlannedText, variables: Variables): string {
  return text.replaceAll(VARIABLE, (_, name: string) => {
    const value = variables(name)?.trim();
    if (value) return value;
    throw new AppError(
      'CONFIG_INVALID',
      `${place}: found \${${name}}, and the environment has no ${name}; allowed a variable that is set where the monitor runs.`,
    );
  });
}
