import { explainPlan, type Plan } from '@millrace/pipeline';
import { SERVICE_NAMES } from '@millrace/platform';

import { cpuOf } from './cpu-by-service.ts';
import type { Saturation } from './saturation.ts';

/** What is assumed, not measured. */
const ASSUMED = {
  /** Share of a core, or of a network card, that is planned for: the rest is for catching up. */
  share: 0.5,
  replication: 3,
  brokerCores: 16,
  /** 10 Gbit/s in each direction. */
  brokerMbPerS: 1250,
} as const;

type Row = Readonly<Record<'how much' | 'how it comes about', string>>;

const whole = (value: number): string => Math.ceil(value).toLocaleString('en-US');

/** What so many events a second would take, in proportion to what was measured. */
export function capacity(plan: Plan, target: number, { cpu, volumes }: Saturation): Readonly<Record<string, Row>> {
  const { share, replication, brokerCores, brokerMbPerS } = ASSUMED;
  const instances = SERVICE_NAMES.map((service) => ({
    service,
    perThousand: cpuOf(cpu[service]),
    count: Math.ceil((target * cpuOf(cpu[service])) / 1000 / share),
  }));
  const rows: Record<string, Row> = Object.fromEntries(
    instances.map(({ service, perThousand, count }) => [
      `instances of \`${service}\`, a core each`,
      row(whole(count), `${whole(target)} × ${(perThousand / 1000).toExponential(2)} CPU s an event ÷ ${share}`),
    ]),
  );
  const most = instances.reduce((a, b) => (b.count > a.count ? b : a));
  const written = megabytes(
    target,
    volumes.map(({ bytesPerEvent }) => bytesPerEvent),
  );
  const inward = written * replication;
  const outward = written * (replication - 1) + written;
  const byNetwork = Math.max(inward, outward) / (brokerMbPerS * share);
  const byCpu = (target * cpuOf(cpu.broker)) / 1000 / (brokerCores * share);
  return {
    ...rows,
    'partitions of each topic': row(whole(most.count), `as many as instances of \`${most.service}\``),
    'written by producers, MB/s': row(
      whole(written),
      `${whole(target)} × ${whole((written * 1e6) / target)} bytes an event, all topics`,
    ),
    'into the brokers, MB/s': row(whole(inward), `× ${replication} replicas`),
    'out of the brokers, MB/s': row(whole(outward), `${replication - 1} replicas fetch, and each topic is read once`),
    'brokers, by network': row(whole(byNetwork), `÷ (${whole(brokerMbPerS)} MB/s × ${share})`),
    [`brokers of ${brokerCores} cores, by CPU`]: row(
      whole(byCpu),
      `${whole(target)} × ${(cpuOf(cpu.broker) / 1000).toExponential(2)} CPU s an event ÷ (${brokerCores} × ${share}); with one replica`,
    ),
    'disk for an hour of all topics, TB': row(whole((inward * 3600) / 1e6), `${whole(inward)} MB/s × 3,600 s`),
    'state, TB': row(
      (explainPlan(plan, { rate: target }).state.bytes / 1e12).toFixed(1),
      `\`millrace check --rate ${target}\`: windows of this pipeline file, up to 14 days, exact`,
    ),
  };
}

function row(much: string, how: string): Row {
  return { 'how much': much, 'how it comes about': how };
}

function megabytes(target: number, bytesPerEvent: readonly number[]): number {
  return (target * bytesPerEvent.reduce((sum, bytes) => sum + bytes, 0)) / 1e6;
}
