import type { Span } from '../window/window-setting.ts';
import { shiryaevRoberts } from './e-detector.ts';
import type { Evidence } from './evidence.ts';

export type SignalState = 'insufficient_data' | 'ok' | 'suspected' | 'open' | 'worsened' | 'resolved';

/** What is known of a signal after the windows so far: a value, JSON as it is, replaced at every close. */
export interface SignalWatch {
  readonly state: SignalState;
  /** Log of the Shiryaev–Roberts statistic; null: M = 0. */
  readonly logM: number | null;
  /** Start of the window after log M was last below 0; null while it is below. */
  readonly onset: number | null;
  /** Of the last 3 windows, newest last: did the PSI exceed its null quantile? */
  readonly exceeded: readonly boolean[];
  readonly incident: OpenIncident | null;
}

export interface OpenIncident {
  /** End of the window that opened it. */
  readonly openedAt: number;
  readonly onset: number;
  /** As of the latest alert. */
  readonly alertedEffect: number;
  readonly alertedAt: number;
  /** Alerts so far. */
  readonly alerts: number;
  /** Somebody knows of it; by the wall clock. It is not reminded of any more. */
  readonly acknowledged?: { readonly by: string; readonly at: number };
}

/** What a close leads to; `reminded`: still open, nothing said for long. */
export type IncidentEvent = 'opened' | 'worsened' | 'reminded' | 'resolved';

/** See `incidentRule`. */
export interface IncidentRule {
  /** What log M must reach. */
  readonly logThreshold: number;
  /** Below which `shiftP` a window is evidence by itself; 0: none is. */
  readonly aloneP: number;
  /** Of the last 3 windows, how many must exceed the null quantile. */
  readonly persistence: number;
  /** The effect that an incident needs. */
  readonly floor: number;
  readonly remindMs: number;
}

export interface WatchStep {
  readonly watch: SignalWatch;
  readonly event: IncidentEvent | null;
  /** The incident that the event speaks of: also the one that is resolved by it. */
  readonly incident: OpenIncident | null;
}

export const UNWATCHED: SignalWatch = {
  state: 'insufficient_data',
  logM: null,
  onset: null,
  exceeded: [],
  incident: null,
};

/** Windows that are looked back on. */
const RECENT = 3;
const WORSENING = 1.5;

/** A window closed with too few rows: it says nothing, and an open incident stays as it is. */
export function withoutData(watch: SignalWatch): SignalWatch {
  return watch.incident ? watch : { ...watch, state: 'insufficient_data' };
}

/**
 * Evidence × effect × persistence. An incident opens when at the close of a window evidence stands, the window's effect exceeds
 * the floor, and as many of the last 3 windows as the rule says, 2 mostly, exceed the null quantile. It is said again when the effect has grown
 * by half, or after `remindMs`; it resolves after 3 windows below the null quantile, and M begins again. A window without
 * a row says nothing; windows are taken in the order in which they close, and one that lies earlier moves onset back.
 */
export function closeWindow(watch: SignalWatch, evidence: Evidence, window: Span, rule: IncidentRule): WatchStep {
  if (evidence.rows === 0) return { watch: withoutData(watch), event: null, incident: null };
  const logM = shiryaevRoberts(watch.logM ?? Number.NEGATIVE_INFINITY, evidence.logE);
  const onset = logM < 0 ? null : Math.min(watch.onset ?? window.start, window.start);
  const exceeded = [...watch.exceeded, evidence.psi > evidence.nullQuantile].slice(-RECENT);
  const next = { ...watch, logM, onset, exceeded };
  return watch.incident ? goOn(next, watch.incident, evidence, window, rule) : judge(next, evidence, window, rule);
}

function judge(watch: SignalWatch, { effect, shiftP }: Evidence, window: Span, rule: IncidentRule): WatchStep {
  const stands = (watch.logM as number) >= rule.logThreshold || shiftP < rule.aloneP;
  const persists = watch.exceeded.filter(Boolean).length >= rule.persistence;
  if (!stands || !persists || !(effect > rule.floor)) {
    return { watch: { ...watch, state: stands ? 'suspected' : 'ok' }, event: null, incident: null };
  }
  const onset = watch.onset ?? window.start;
  const incident = { openedAt: window.end, onset, alertedEffect: effect, alertedAt: window.end, alerts: 1 };
  return { watch: { ...watch, state: 'open', incident }, event: 'opened', incident };
}

function goOn(
  watch: SignalWatch,
  incident: OpenIncident,
  { effect }: Evidence,
  window: Span,
  rule: IncidentRule,
): WatchStep {
  if (watch.exceeded.length === RECENT && !watch.exceeded.some(Boolean)) {
    return {
      watch: { ...UNWATCHED, state: 'resolved' },
      event: 'resolved',
      incident: { ...incident, alerts: incident.alerts + 1 },
    };
  }
  const worsened = effect >= incident.alertedEffect * WORSENING;
  const mayRest = incident.acknowledged !== undefined || window.end - incident.alertedAt < rule.remindMs;
  if (!worsened && mayRest) return { watch, event: null, incident };
  const alertedEffect = worsened ? effect : incident.alertedEffect;
  const said = { ...incident, alertedEffect, alertedAt: window.end, alerts: incident.alerts + 1 };
  const state = worsened ? 'worsened' : watch.state;
  return { watch: { ...watch, state, incident: said }, event: worsened ? 'worsened' : 'reminded', incident: said };
}
