#!/usr/bin/env node
/** The command line from a checkout, whatever Node the machine has: the checkout brings Node 24 along. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/main.js', import.meta.url);
const ownNode = new URL(`../../../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url);

if (!existsSync(built)) {
  fail('Millrace is not built yet. Run `npm run build` in the checkout (or `npm start`, which does it too).');
} else if (Number.parseInt(process.versions.node, 10) >= 24) {
  await import(built.href);
} else if (existsSync(ownNode)) {
  runAgain(fileURLToPath(ownNode));
} else {
  fail(
    `Millrace needs Node 24 here, and this is ${process.version}. Install Node 24, or run \`npm ci\` on Linux, which brings it along.`,
  );
}

/** The same command line under another Node, as if it were this process: signals and exit status pass through. */
function runAgain(node) {
  const child = spawn(node, ['--enable-source-maps', fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
