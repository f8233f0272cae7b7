/** The scorer service: vectors become predictions. */
export { createScorer } from './create-scorer.ts';
export { ScorerModule } from './scorer.module.ts';
export { ScorerStage, type ScorerStageOptions } from './scorer.stage.ts';
