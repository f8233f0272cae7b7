import type { Expression, Take, ValueFeature } from './plan.ts';

/** A window feature before it has a stage. */
export interface WindowDraft {
  readonly kind: 'window';
  readonly name: string;
  readonly index: number;
  readonly by: readonly string[];
  readonly from: string;
  readonly overMs: number;
  readonly take: Take;
  readonly of: Expression | null;
  readonly where: Expression | null;
  readonly default: number;
  readonly resolutionMs: number | null;
}

export type FeatureDraft = ValueFeature | WindowDraft;
