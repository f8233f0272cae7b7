/** The feature service: windows over events, and the vectors that requests get from them. */
export { createFeature } from './create-feature.ts';
export { FeatureModule } from './feature.module.ts';
export { FeatureStage } from './feature.stage.ts';
