import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { chromium } from 'playwright-core';

import { fetchBrowser } from './fetch-browser.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** A page is from this machine, and nothing is asked of any other. */
const ARGS = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * How Playwright starts a Chromium here: what `MILLRACE_BROWSER` names, or one that is installed, or one from npm's registry, which is fetched
 * once. It has been started when this returns.
 *
 * @throws Error of one line that says which there is none of, and why
 */
export async function findBrowser({ say = () => {} } = {}) {
  const named = process.env.MILLRACE_BROWSER;
  const executablePath = named || installed();
  const options = executablePath ? { executablePath } : await fetched(say);
  const args = process.getuid?.() === 0 ? [...ARGS, '--no-sandbox'] : ARGS;
  const launch = { ...options, args };
  try {
    await (await chromium.launch(launch)).close();
  } catch (error) {
    throw new Error(`${launch.executablePath} does not start (${firstLine(error)})`, { cause: error });
  }
  return launch;
}

function installed() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...ELSEWHERE];
  return candidates.find((file) => existsSync(file));
}

async function fetched(say) {
  try {
    return await fetchBrowser(say);
  } catch (error) {
    throw new Error(`no Chromium is installed, and none can be fetched (${firstLine(error)})`, { cause: error });
  }
}

function firstLine(error) {
  return String(error.message).split('\n', 1)[0];
}
