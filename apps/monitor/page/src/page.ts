import { readAddress, streamName, type Address } from './address.ts';
import type { StreamStatus } from './api-types.ts';
import { element, part } from './element.ts';
import { showIncidents } from './incident-list.ts';
import { showTimeline } from './incident-timeline.ts';
import type { Snapshot } from './load-snapshot.ts';
import { showPerformance } from './performance.ts';
import { rankSignals } from './rank-signals.ts';
import { sayStream } from './say.ts';
import { show } from './show.ts';
import { showSignal } from './signal-detail.ts';
import { showSignals } from './signal-table.ts';
import { showVerdict } from './verdict.ts';

const STATES = ['worsened', 'open', 'suspected', 'insufficient_data', 'resolved', 'ok'] as const;

/** All parts of the page, as the address wants them. */
export function showPage(snapshot: Snapshot): void {
  const address = readAddress(location.hash);
  const { overview, stream, incidents } = snapshot;
  document.title = `${overview.pipeline} – Millrace monitor`;
  show(part('pipeline'), overview.pipeline, () => [overview.pipeline]);
  show(part('model'), overview.model, () => [`model ${overview.model}`]);
  showVerdict(snapshot);
  part('known').hidden = stream === null;
  if (!stream) return;
  showIncidents(incidents);
  showTimeline(snapshot);
  showPerformance(snapshot, address);
  fillChoices(overview.streams, stream, address);
  showWatched(snapshot, stream, address);
}

function showWatched(snapshot: Snapshot, stream: StreamStatus, address: Address): void {
  const ranked = rankSignals(stream, snapshot.series, snapshot.incidents);
  const chosen = ranked.find(({ signal }) => signal === address.signal) ?? ranked[0];
  showSignals(ranked, chosen?.signal ?? '', address);
  part('signal').hidden = !chosen;
  if (chosen) showSignal(snapshot, chosen, address);
}

function fillChoices(streams: readonly StreamStatus[], stream: StreamStatus, { name, state }: Address): void {
  const select = part<HTMLSelectElement>('stream');
  const named = streams.map((one) => [streamName(one), sayStream(one)] as const);
  show(select, named, () => named.map(([value, text]) => element('option', { value }, text)));
  select.value = streamName(stream);
  const states = part<HTMLSelectElement>('filter-state');
  show(states, STATES, () => [
    element('option', { value: '' }, 'all'),
    ...STATES.map((value) => element('option', { value }, value.replaceAll('_', ' '))),
  ]);
  states.value = state;
  const field = part<HTMLInputElement>('filter-name');
  if (document.activeElement !== field) field.value = name;
}
