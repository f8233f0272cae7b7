export { exactUnits } from './exact-units.ts';
export { ManualClock } from './manual-clock.ts';
