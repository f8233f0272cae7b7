import type { ModelPort } from './model-port.ts';

/** What a version publishes, for people: names, and of labels their classes. Versions that publish the same say the same. */
export function publishedOutputs({ outputs, labels }: Pick<ModelPort, 'outputs' | 'labels'>): string {
  return outputs
    .map((name) => {
      const classes = labels?.get(name);
      return classes ? `${name} (${classes.join(', ')})` : name;
    })
    .join(', ');
}
