import type { Incident, Overview } from './api-types.ts';
import { Refusal, type MonitorClient } from './ask-monitor.ts';
import { part } from './element.ts';
import type { RankedSignal } from './rank-signals.ts';
import { sayTime } from './say.ts';
import { show } from './show.ts';

const NAME = 'millrace-name';

/** Whom the form speaks of. */
let signal = '';
let incident: Incident | null = null;

/** What can be said of a signal: that somebody knows of its incident, and that nobody is to be told for a while. */
export function showWords(ranked: RankedSignal, own: readonly Incident[], silences: Overview['silences']): void {
  if (ranked.signal !== signal) part('words-said').replaceChildren();
  signal = ranked.signal;
  incident = own.find(({ state, acknowledged }) => state === 'open' && acknowledged === null) ?? null;
  part('acknowledge').hidden = incident === null;
  const silenced = silences.find((silence) => silence.signal === signal);
  part('end-silence').hidden = !silenced;
  if (silenced)
    show(part('end-silence'), silenced, () => [`End silence until ${sayTime(silenced.until)} (${silenced.by})`]);
}

/** @param after it has been said */
export function listenToWords(client: MonitorClient, after: () => void): void {
  const by = part<HTMLInputElement>('words-by');
  by.value = sessionStorage.getItem(NAME) ?? '';
  by.addEventListener('change', () => sessionStorage.setItem(NAME, by.value.trim()));
  const say = async (path: string, what: Readonly<Record<string, string>>, done: string): Promise<void> => {
    const name = by.value.trim();
    const said = part('words-said');
    try {
      await client.say(path, { ...what, ...(name !== '' && { by: name }) });
      said.textContent = `${done} It shows here in a moment.`;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      said.textContent = `Not said: ${error.message}`;
    }
    after();
  };
  const silence = (length: string, done: string): Promise<void> =>
    say('/silences', { signal, for: length }, `${done} ${signal}.`);
  part('words').addEventListener('submit', (event) => event.preventDefault());
  part('acknowledge').addEventListener('click', () => {
    if (incident) void say('/acknowledgements', { incident: incident.id }, `${signal} is acknowledged.`);
  });
  part('silence').addEventListener('click', () => {
    void silence(part<HTMLSelectElement>('silence-for').value, 'Nobody is told of');
  });
  part('end-silence').addEventListener('click', () => void silence('0s', 'Whoever is told is told again of'));
}
