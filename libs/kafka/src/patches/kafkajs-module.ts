import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A module inside kafkajs 2.2.4, which has no exports map and no types for what is inside. */
export function kafkajsModule<T>(path: string): T {
  return require(`kafkajs/src/${path}`) as T;
}

/**
 * A copy of a module of our own, in which another is replaced. What the process has loaded of kafkajs stays as it is, so
 * that neither the order of imports matters nor does somebody else's kafkajs change.
 */
export function kafkajsModuleWith<T>(path: string, replaced: { readonly path: string; readonly exports: unknown }): T {
  const [copied, other] = [path, replaced.path].map((name) => require.resolve(`kafkajs/src/${name}`)) as [
    string,
    string,
  ];
  kafkajsModule(replaced.path);
  const before = require.cache[copied];
  const original = require.cache[other]?.exports as unknown;
  delete require.cache[copied];
  try {
    (require.cache[other] as NodeJS.Module).exports = replaced.exports;
    return kafkajsModule<T>(path);
  } finally {
    (require.cache[other] as NodeJS.Module).exports = original;
    if (before) require.cache[copied] = before;
    else delete require.cache[copied];
  }
}
