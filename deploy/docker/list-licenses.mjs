/**
 * The licences of all packages that npm has installed in this folder, on stdout: of each its name, version and licence, then
 * the texts that came with it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TEXTS = /^(licen[cs]e|copying|notice)/i;

const { packages } = readJson('node_modules/.package-lock.json');
const installed = Object.entries(packages).filter(([folder, { link }]) => folder.includes('node_modules/') && !link);
const described = installed.map(([folder]) => describe(folder));
console.log(described.map(({ id, license }) => `${id}  ${license}\n`).join(''));
for (const { id, texts } of described)
  for (const text of texts) console.log(`${'='.repeat(80)}\n${id}\n\n${text.trim()}\n`);

function describe(folder) {
  const { name, version, license } = readJson(join(folder, 'package.json'));
  const texts = readdirSync(folder).filter((file) => TEXTS.test(file));
  return { id: `${name}@${version}`, license, texts: texts.map((file) => readFileSync(join(folder, file), 'utf8')) };
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
