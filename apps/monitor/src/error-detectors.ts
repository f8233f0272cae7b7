import { Adwin, Ddm, PageHinkley, type AdwinState, type DdmState, type PageHinkleyState } from '@millrace/drift';

/** The detectors of a (version, variant), after the matured windows so far. JSON as it is. */
export interface ErrorDetectors {
  readonly adwin: AdwinState;
  readonly pageHinkley: PageHinkleyState;
  readonly ddm: DdmState;
}

/** Which of them say with a window that the error rate has changed (ADWIN), or risen. To look at: no incident opens on it. */
export interface ErrorChanges {
  readonly adwin: boolean;
  readonly page_hinkley: boolean;
  readonly ddm: boolean;
}

/** Takes one more window, in the order in which they close: its error rate is one value, for DDM as many as it has labels. */
export function detectChanges(
  before: ErrorDetectors | undefined,
  [wrong, right]: readonly [wrong: number, right: number],
): { readonly detectors: ErrorDetectors; readonly changes: ErrorChanges } {
  const [adwin, pageHinkley, ddm] = [
    new Adwin(before?.adwin),
    new PageHinkley(before?.pageHinkley),
    new Ddm(before?.ddm),
  ];
  const rate = wrong / (wrong + right);
  const changes = {
    adwin: adwin.update(rate),
    page_hinkley: pageHinkley.update(rate),
    ddm: ddm.updateMany(wrong, wrong + right),
  };
  return { detectors: { adwin: adwin.toJSON(), pageHinkley: pageHinkley.toJSON(), ddm: ddm.toJSON() }, changes };
}
