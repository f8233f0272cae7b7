/** Why an execution provider that was preferred does not run a model. */
export interface ProviderRefusal {
  readonly provider: string;
  readonly reason: string;
}

/** For people: `cuda: …; tensorrt: …`, each once, however many workers were refused. */
export function describeRefusals(refusals: readonly ProviderRefusal[]): string {
  return [...new Set(refusals.map(({ provider, reason }) => `${provider}: ${reason.trim()}`))].join('; ');
}
