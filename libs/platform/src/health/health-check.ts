/** One thing that must be right. */
export interface HealthCheck {
  readonly name: string;
  /** Null when it is right, else what is not, for people. */
  readonly problem: () => string | null;
  /** What is worth knowing though all is right. */
  readonly remark?: () => string | null;
}

export interface HealthReport {
  readonly status: 'ok' | 'unavailable';
  readonly service: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[];
}

export function healthReport(service: string, checks: readonly HealthCheck[]): HealthReport {
  const found = checks.map(({ name, problem, remark }) => {
    const wrong = problem();
    const detail = wrong ?? remark?.() ?? null;
    return { name, ok: wrong === null, ...(detail !== null && { detail }) };
  });
  return { status: found.every(({ ok }) => ok) ? 'ok' : 'unavailable', service, checks: found };
}
