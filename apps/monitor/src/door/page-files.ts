import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname } from 'node:path';

/** A file of the page as it is served. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** RFC 9110, section 8.8.3: it stays as long as the bytes do. */
  readonly tag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const FOLDER = new URL('../../page/', import.meta.url);

/**
 * uPlot, MIT: 51 kB with nothing else to load, made for time series with bands, and drawn on by Grafana, where Chart.js is 200 kB and Observable Plot
 * brings d3. It is served as its package has it: scripts of the page find it as the global `uPlot`. */
const LIBRARY = ['uplot/dist/uPlot.iife.min.js', 'uplot/dist/uPlot.min.css'] as const;

/**
 * The page of `GET /monitor` under the name `index.html`, and what it loads, by name: it is all in this package or in the library's, so a browser
 * that reaches the door needs nothing else. Scripts are modules as they were compiled; the page names them all, so that they come at once and
 * not one after the other.
 */
export async function readPage(): Promise<ReadonlyMap<string, PageFile>> {
  const require = createRequire(import.meta.url);
  const scripts = (await readdir(new URL('dist/', FOLDER))).filter((name) => name.endsWith('.js')).sort();
  const sources: readonly (readonly [string, URL | string])[] = [
    ...scripts.map((name) => [name, new URL(`dist/${name}`, FOLDER)] as const),
    ['monitor.css', new URL('monitor.css', FOLDER)],
    ...LIBRARY.map((path) => [path.split('/').at(-1) as string, require.resolve(path)] as const),
  ];
  const files = sources.map(async ([name, source]) => [name, fileOf(name, await readFile(source))] as const);
  const html = await readFile(new URL('index.html', FOLDER), 'utf8');
  const preload = scripts.map((name) => `<link rel="modulepreload" href="monitor/${name}">`).join('\n');
  const page = fileOf('index.html', Buffer.from(html.replace('<!-- modules -->', preload)));
  return new Map([['index.html', page], ...(await Promise.all(files))]);
}

function fileOf(name: string, body: Buffer): PageFile {
  const tag = createHash('sha256').update(body).digest('base64url');
  return { type: TYPES[extname(name)] as string, body, tag: `"${tag}"` };
}
