import { printLine, type CliContext } from '../context.ts';
import type { BenchProgress } from './bench-options.ts';
import type { BenchResult } from './bench-result.ts';

export function describeProgress({ events, requests, answered, waiting }: BenchProgress): string {
  return `${events} events, ${requests} requests, ${answered} answered, ${waiting} waiting`;
}

/** For people. */
export function tellBench(context: CliContext, result: BenchResult): void {
  const letters = Object.entries(result.dead_letters).map(([code, count]) => `${count} ${code}`);
  const latencies = Object.entries(result.latency_ms).map(([name, ms]) => `${name} ${ms ?? '-'}`);
  const lines = [
    `sent          ${result.events} events, ${result.sent_per_s}/s; ${result.requests} ask for a prediction`,
    `answered      ${result.answered}, ${result.answered_per_s}/s`,
    `latency       ${latencies.join(', ')} (ms, from when an event was due until its prediction was read)`,
    `lost          ${result.lost}`,
    `doubled       ${result.doubled}`,
    `dead letters  ${letters.length === 0 ? 0 : letters.join(', ')}`,
  ];
  for (const line of lines) printLine(context, line);
}
