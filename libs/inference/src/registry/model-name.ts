/** Names of models and versions are folders and parts of URLs: nothing in them leads out of the registry, or is hidden. */
const NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;

export function isModelName(text: string): boolean {
  return NAME.test(text);
}

/** A file of a version lies in its folder, and is not hidden. */
export function isFileName(text: string): boolean {
  return /^[^./\\][^/\\]*$/.test(text);
}
