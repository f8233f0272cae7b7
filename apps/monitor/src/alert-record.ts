import type { Plan } from '@millrace/pipeline';
import { cloudEventHeaders, rfc3339, traceHeaders, type OutboundRecord } from '@millrace/records';

import type { ClosedWindow } from './close-windows.ts';
import { incidentGroup, incidentId } from './incident-id.ts';
import type { Finding } from './judge-window.ts';
import { pageLinks } from './page-links.ts';

/**
 * An alert: a CloudEvent `millrace.incident.*` with the incident's id for key. Alerts are few and told in one order:
 * partition 0. All that is in it follows from the counts, so an alert made again is the same.
 *
 * @param silenced it is for the log alone
 */
export function alertRecord(finding: Finding, window: ClosedWindow, plan: Plan, silenced: boolean): OutboundRecord {
  const { event, incident, ruled } = finding;
  const { signal } = ruled;
  const group = incidentGroup(window, incident);
  const id = incidentId(window, incident, signal.name);
  const source = `/millrace/${plan.name}`;
  const headers = cloudEventHeaders({
    type: `millrace.incident.${event}`,
    source,
    id: `${id}/${incident.alerts}`,
    atMs: window.end,
  });
  const value = {
    id,
    group,
    signal: signal.name,
    ...subject(window, plan),
    ...story(finding),
    ...evidence(finding),
    ...(window.byHour !== undefined && { by_hour: window.byHour }),
    ...(finding.performance && { performance: finding.performance }),
    ...(finding.example !== undefined && { example: finding.example }),
    window: timesOf(window),
    links: pageLinks(window, signal.name),
    ...heard(finding),
    ...(silenced && { silenced }),
  };
  const traced = window.traceparent === undefined ? [] : traceHeaders({ traceparent: window.traceparent });
  const key = { topic: plan.names.alerts, partition: 0, key: id };
  return { ...key, value: JSON.stringify(value), headers: [...headers, ...traced] };
}

function subject({ version, variant, reference }: ClosedWindow, plan: Plan) {
  return { model: plan.predict.model, version, variant, feature_set: plan.featureSet, ...(reference && { reference }) };
}

function story({ event, incident, watch, severity }: Finding) {
  const { state } = watch;
  return { event, state, severity, opened_at: rfc3339(incident.openedAt), onset: rfc3339(incident.onset) };
}

function evidence({ evidence: found, ruled, watch, moved, share }: Finding) {
  return {
    effect: found.effect,
    floor: ruled.rule.floor,
    psi: found.psi,
    null_quantile: found.nullQuantile,
    log_e: found.logE,
    log_m: watch.logM,
    log_threshold: ruled.rule.logThreshold,
    ...(ruled.rule.aloneP > 0 && { shift_p: found.shiftP }),
    share,
    jensen_shannon: found.jensenShannon,
    hellinger: found.hellinger,
    l_infinity: found.lInfinity,
    w1: found.wasserstein,
    ks: found.ks,
    rows: found.rows,
    affected_rows: Math.round(found.totalVariation * found.rows),
    moved,
  };
}

function heard({ incident: { acknowledged } }: Finding) {
  return acknowledged && { acknowledged: { by: acknowledged.by, at: rfc3339(acknowledged.at) } };
}

function timesOf({ start, end }: ClosedWindow) {
  return { start: rfc3339(start), end: rfc3339(end) };
}
