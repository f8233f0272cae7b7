import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A module inside kafkajs 2.2.4, which has no exports map and no types for what is inside. */
export function kafkajsModule<T>(path: string): T {
  return require(`kafkajs/src/${path}`) as T;
}

/** What every later `require` of the module inside kafkajs gets instead of it. */
export function replaceKafkajsModule(path: string, exports: unknown): void {
  kafkajsModule(path);
  const loaded = require.cache[require.resolve(`kafkajs/src/${path}`)];
  if (loaded) loaded.exports = exports;
}
