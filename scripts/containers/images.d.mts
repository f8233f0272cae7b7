export type ForeignImage = 'node' | 'kafka' | 'jaeger' | 'prometheus' | 'reaper';

export function foreignImages(): Record<ForeignImage, string>;
