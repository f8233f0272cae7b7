/** Small plans and scripted topics for tests of what is built on features. */
export { collect } from './collect.ts';
export { field } from './field.ts';
export { oneByOne } from './one-by-one.ts';
export { smallPlan, type SmallFeature, type SmallPlan } from './small-plan.ts';
export { endedBefore, SKEW_EVENTS, SKEW_START, skewVector, type SkewEvent } from './skew-events.ts';
export { TopicScript } from './topic-script.ts';
export { FLIGHTS_PIPELINE, flightEvents } from './flights.ts';
