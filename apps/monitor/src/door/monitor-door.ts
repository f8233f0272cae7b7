import { AppError, type Clock } from '@millrace/core';
import { assertWatched, knownIncident, openIncident } from '@millrace/drift';
import { parseDuration, type Plan } from '@millrace/pipeline';
import { encodeCountsRecord, type IncidentNote } from '@millrace/records';
import type { Log, Publisher } from '@millrace/stream';

import type { MonitoredModel } from '../monitored-model.ts';
import {
  incidentAnswer,
  overview,
  seriesOf,
  signalsAnswer,
  windowsAnswer,
  type StreamChoice,
} from './monitor-answers.ts';
import type { ViewFollower } from './view-follower.ts';

const MOST_BY = 200;

export interface MonitorDoorOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly models: ReadonlyMap<string, MonitoredModel>;
  readonly follower: ViewFollower;
}

/** What is asked of the monitor by HTTP, and what is said to it. */
export class MonitorDoor {
  readonly #options: MonitorDoorOptions;
  #publisher: Publisher | null = null;

  constructor(options: MonitorDoorOptions) {
    this.#options = options;
  }

  async overview(): Promise<object> {
    return overview(await this.#options.follower.view(), this.#options.plan);
  }

  async signals(choice: Parameters<typeof signalsAnswer>[1]): Promise<object> {
    return signalsAnswer(await this.#options.follower.view(), choice, this.#options.models, this.#options.plan);
  }

  async series(choice: StreamChoice): Promise<object> {
    return seriesOf(await this.#options.follower.view(), choice);
  }

  async windows(choice: Parameters<typeof windowsAnswer>[1]): Promise<object> {
    return windowsAnswer(await this.#options.follower.view(), choice);
  }

  /** @throws AppError `QUERY_INVALID` */
  async incidents(state: string | undefined): Promise<object> {
    if (state !== undefined && state !== 'open' && state !== 'resolved')
      throw new AppError('QUERY_INVALID', `found state=${JSON.stringify(state)}; allowed are open and resolved.`);
    const view = await this.#options.follower.view();
    const found = view.incidents.filter((incident) => (state ?? incident.state) === incident.state);
    return { incidents: found.map((incident) => incidentAnswer(incident, view)) };
  }

  /** With all that was told of it. */
  async incident(id: string): Promise<object> {
    const view = await this.#options.follower.view();
    const incident = knownIncident(view, id);
    return { ...incidentAnswer(incident, view), timeline: incident.alerts };
  }

  /** @throws AppError `INCIDENT_NOT_FOUND`, `BODY_UNPARSEABLE` */
  async acknowledge(body: Buffer): Promise<object> {
    const { incident, by = 'http' } = fieldsOf(body, ['incident', 'by']);
    openIncident(await this.#options.follower.view(), incident ?? '');
    return this.#say({
      kind: 'note',
      says: 'acknowledged',
      incident: incident ?? '',
      by,
      at: this.#options.clock.now(),
    });
  }

  /** @throws AppError `SILENCE_INVALID`, `BODY_UNPARSEABLE` */
  async silence(body: Buffer): Promise<object> {
    const { signal = '', for: length = '', by = 'http' } = fieldsOf(body, ['signal', 'for', 'by']);
    const forMs = parseDuration(length);
    if (forMs === null)
      throw new AppError(
        'SILENCE_INVALID',
        `found for: ${JSON.stringify(length)}; allowed is a duration such as 2h, or 0s to end a silence.`,
      );
    assertWatched(await this.#options.follower.view(), signal);
    return this.#say({ kind: 'note', says: 'silenced', signal, forMs, by, at: this.#options.clock.now() });
  }

  async close(): Promise<void> {
    await this.#publisher?.close();
  }

  async #say(note: IncidentNote): Promise<object> {
    const { plan, log } = this.#options;
    this.#publisher ??= log.publisher();
    await this.#publisher.publish([
      { topic: plan.names.counts, partition: 0, key: null, value: encodeCountsRecord(note) },
    ]);
    const { kind: _, ...said } = note;
    return { ...said, at: new Date(note.at).toISOString() };
  }
}

/** @throws AppError `BODY_UNPARSEABLE` unless it is a JSON object with texts, of these fields alone */
function fieldsOf(body: Buffer, allowed: readonly string[]): Readonly<Record<string, string | undefined>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    value = null;
  }
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const isRight = ([name, text]: [string, unknown]): boolean =>
    allowed.includes(name) && typeof text === 'string' && (name !== 'by' || text.length <= MOST_BY);
  if (entries.length === 0 || !entries.every(isRight))
    throw new AppError('BODY_UNPARSEABLE', `allowed is a JSON object of texts: ${allowed.join(', ')}.`);
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}
