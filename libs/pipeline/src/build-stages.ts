import type { FeatureDraft, WindowDraft } from './feature-draft.ts';
import type { FeaturePlan, StagePlan, WindowFeature } from './plan.ts';

export interface StagedFeatures {
  readonly vector: readonly FeaturePlan[];
  readonly stages: readonly StagePlan[];
}

/**
 * One keyed stage per distinct set of `by` fields, in the order of their first feature, and one for the assembler,
 * which is keyed by `predict.key`, whether it computes something or not.
 *
 * @param prefix `<p>.<fs>`
 */
export function buildStages(drafts: readonly FeatureDraft[], key: string, prefix: string): StagedFeatures {
  const groups = new Map<string, { by: readonly string[]; drafts: WindowDraft[] }>();
  for (const draft of drafts) {
    if (draft.kind === 'value') continue;
    const id = setId(draft.by);
    const group = groups.get(id) ?? { by: draft.by, drafts: [] };
    group.drafts.push(draft);
    groups.set(id, group);
  }
  if (!groups.has(setId([key]))) groups.set(setId([key]), { by: [key], drafts: [] });

  const windows = new Map<number, WindowFeature>();
  const names = new Set<string>();
  const stages = [...groups.values()].map(({ by, drafts: members }, index): StagePlan => {
    const features = members.map((draft, slot): WindowFeature => windowFeature(draft, index, slot));
    for (const feature of features) windows.set(feature.index, feature);
    const longestMs = Math.max(0, ...features.map((feature) => feature.overMs));
    return {
      index,
      by,
      topic: `${prefix}.by.${topicPart(by, names)}`,
      features,
      longestMs,
      assembler: setId(by) === setId([key]),
    };
  });
  return {
    vector: drafts.map((draft) => (draft.kind === 'value' ? draft : (windows.get(draft.index) as WindowFeature))),
    stages,
  };
}

function windowFeature(draft: WindowDraft, stage: number, slot: number): WindowFeature {
  const { by: _, ...feature } = draft;
  return { ...feature, stage, slot };
}

function setId(by: readonly string[]): string {
  return JSON.stringify([...by].toSorted());
}

/** The fields in what Kafka allows in a topic's name; a number behind it where two come out alike. */
function topicPart(by: readonly string[], taken: Set<string>): string {
  const name = by.join('-').replaceAll(/[^A-Za-z0-9._-]/g, '_');
  let part = name;
  for (let n = 2; taken.has(part); n++) part = `${name}.${n}`;
  taken.add(part);
  return part;
}
