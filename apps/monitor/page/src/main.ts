import { go, readAddress } from './address.ts';
import { MonitorClient, Refusal } from './ask-monitor.ts';
import { part } from './element.ts';
import { loadSnapshot, type Snapshot } from './load-snapshot.ts';
import { showPage } from './page.ts';
import { listenToWords } from './words.ts';

/** How old what is shown may be. */
const EVERY_MS = 15_000;

const client = new MonitorClient();
let snapshot: Snapshot | null = null;
let timer = 0;
let paused = false;
/** Of the window whose distributions are known; empty: the newest. */
let shownEnd = '';

/** Asks anew and shows what has come; the last that was known stays where nothing comes. */
async function refresh(): Promise<void> {
  clearTimeout(timer);
  const { stream, window: end } = readAddress(location.hash);
  try {
    snapshot = await loadSnapshot(client, stream, end);
    shownEnd = end;
    showKeyForm(null);
    showProblem(null);
    part('updated').textContent = `Updated ${new Date().toLocaleTimeString('en-GB')}`;
    showPage(snapshot);
    performance.mark('shown');
  } catch (error) {
    const isRefusal = error instanceof Refusal;
    if (isRefusal && error.status === 401) return showKeyForm(error);
    showProblem(isRefusal ? error.message : `the page has failed (${String(error)}).`);
    if (!isRefusal) throw error;
  } finally {
    if (!paused) timer = setTimeout(() => void refresh(), EVERY_MS);
  }
}

function showProblem(problem: string | null): void {
  const field = part('problem');
  field.hidden = problem === null;
  const known = snapshot ? ' What is shown is older.' : '';
  const text = problem ? `Nothing new can be shown: ${problem}${known} It is tried again every 15 seconds.` : '';
  if (field.textContent !== text) field.textContent = text;
  if (problem && !snapshot) part('verdict-title').textContent = 'Unknown';
}

function showKeyForm(refusal: Refusal | null): void {
  part('key').hidden = refusal === null;
  part('forget').hidden = !client.hasKey || refusal !== null;
  part('key-problem').textContent = refusal && client.hasKey ? refusal.message : '';
  part('verdict').hidden = refusal !== null;
  if (!refusal) return;
  client.forget();
  snapshot = null;
  part('known').hidden = true;
  paused = true; // until there is a key
  part<HTMLInputElement>('key-field').focus();
}

part('key').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = part<HTMLInputElement>('key-field');
  client.use(field.value.trim());
  field.value = '';
  setPaused(false);
});
part('forget').addEventListener('click', () => {
  client.forget();
  void refresh();
});
part('pause').addEventListener('click', () => setPaused(!paused));
part('filter').addEventListener('submit', (event) => event.preventDefault());
part('filter-name').addEventListener('input', (event) => go({ name: (event.target as HTMLInputElement).value }));
part('filter-state').addEventListener('change', (event) => go({ state: (event.target as HTMLSelectElement).value }));
part('more').addEventListener('click', () => go({ rows: 'all' }));
part('metric').addEventListener('change', (event) => go({ metric: (event.target as HTMLSelectElement).value }));
part('stream').addEventListener('change', (event) =>
  go({ stream: (event.target as HTMLSelectElement).value, signal: '', window: '' }),
);
part('window').addEventListener('change', (event) => go({ window: (event.target as HTMLSelectElement).value }));
listenToWords(client, () => void refresh());
addEventListener('hashchange', () => {
  const { stream, signal, window: end } = readAddress(location.hash);
  const shown = snapshot?.stream ? `${snapshot.stream.version}/${snapshot.stream.variant}` : '';
  if ((stream !== '' && stream !== shown) || end !== shownEnd) void refresh();
  else if (snapshot) showPage(snapshot);
  if (signal !== '' && document.activeElement instanceof HTMLAnchorElement) part('signal-title').focus();
});

function setPaused(value: boolean): void {
  paused = value;
  const button = part('pause');
  button.setAttribute('aria-pressed', String(value));
  if (value) clearTimeout(timer);
  else void refresh();
}

void refresh();
