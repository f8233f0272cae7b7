/** Ring 1: the monitor's statistics. */
export { Adwin, type AdwinState } from './detector/adwin.ts';
export { Ddm, type DdmState } from './detector/ddm.ts';
export { PageHinkley, type PageHinkleyState } from './detector/page-hinkley.ts';
export { hellinger } from './distance/hellinger.ts';
export { jensenShannon } from './distance/jensen-shannon.ts';
export { ksOnBins } from './distance/ks-on-bins.ts';
export { lInfinity } from './distance/l-infinity.ts';
export { expectedPsi, nullQuantile, psi } from './distance/psi.ts';
export { totalVariation } from './distance/total-variation.ts';
export { usedBins, type CountsPair } from './distance/used-bins.ts';
export { wassersteinOnBins } from './distance/wasserstein-on-bins.ts';
export { exactAreaUnderCurve, type Labelled } from './performance/exact-area-under-curve.ts';
export { calibrated, isotonicMap, type CalibrationMap } from './performance/calibration-map.ts';
export { confusionMetrics } from './performance/confusion-metrics.ts';
export { compareEstimate, type EstimateVerdict } from './performance/compare-estimate.ts';
export { errorSignal, type ValidationErrors } from './performance/error-signal.ts';
export { countEstimate, ESTIMATE_SIZE, estimatedFrom, expectedErrors } from './performance/estimate-counts.ts';
export {
  EstimatedClassification,
  type Estimate,
  type EstimatedMetrics,
  type EstimatedState,
} from './performance/estimated-classification.ts';
export { LabelCoverage, type Coverage, type CoverageState } from './performance/label-coverage.ts';
export {
  RealisedClassification,
  type RealisedMetrics,
  type RealisedState,
} from './performance/realised-classification.ts';
export {
  countRealised,
  estimatedOfLabelled,
  expectedOfLabelled,
  REALISED_SIZE,
  realisedErrors,
  realisedFrom,
} from './performance/realised-counts.ts';
export { RealisedRegression, type RegressionMetrics, type RegressionState } from './performance/realised-regression.ts';
export { countRegression, REGRESSION_SIZE, regressionFrom } from './performance/regression-counts.ts';
export { validate, type ValidationPerformance } from './performance/validation-performance.ts';
export { weighErrors } from './performance/weigh-errors.ts';
export { buildProfile, unusableRow, type ProfileSubject, type SampleRow } from './profile/build-profile.ts';
export { quantileOf } from './profile/deciles.ts';
export { effectFloor, type FloorSetting } from './profile/effect-floor.ts';
export { formatProfile } from './profile/format-profile.ts';
export { LEAST_REFERENCE_ROWS } from './profile/least-rows.ts';
export { parseProfile } from './profile/parse-profile.ts';
export type {
  CategoricalReference,
  HourlyCounts,
  NumericReference,
  OwnWindows,
  ReferenceProfile,
  SignalReference,
} from './profile/reference-profile.ts';
export { sketchedProfile, sketchesOnBins, type SketchedRows } from './profile/sketched-profile.ts';
export { cellsOfEach, mergedSketch, ValueSketch, type SketchCounts } from './profile/value-sketch.ts';
export { signalTable, type SignalTable, type WatchedSignal } from './profile/watched-signals.ts';
export { WindowCounts } from './profile/window-counts.ts';
export { selfTest, type PlantedResult, type SelfTestReport, type SelfTestSettings } from './self-test/self-test.ts';
export { benjaminiHochberg } from './significance/benjamini-hochberg.ts';
export { chiSquareTest } from './significance/chi-square-test.ts';
export { fisherExact } from './significance/fisher-exact.ts';
export { gTest } from './significance/g-test.ts';
export { kolmogorovSmirnov } from './significance/kolmogorov-smirnov.ts';
export { mannWhitney, mannWhitneyOnBins } from './significance/mann-whitney.ts';
export { pooledCounts, type PooledCounts } from './significance/pooled-counts.ts';
export type { TestResult } from './significance/test-result.ts';
export { logEvidence, shiryaevRoberts } from './watch/e-detector.ts';
export { weigh, type Evidence } from './watch/evidence.ts';
export { incidentRule, type IncidentSettings } from './watch/incident-rule.ts';
export { importanceOf } from './watch/importance.ts';
export { rankFindings, type Weighed } from './watch/rank-findings.ts';
export { severityOf, type Severity } from './watch/severity.ts';
export { ruledSignals, type RuledSignal, type WatchSettings } from './watch/ruled-signals.ts';
export { movedBins, type MovedBin } from './watch/moved-bins.ts';
export { seasonalShare, seasonalSignal, type WindowHours } from './watch/seasonal-signal.ts';
export {
  closeWindow,
  UNWATCHED,
  withoutData,
  type IncidentEvent,
  type IncidentRule,
  type OpenIncident,
  type SignalState,
  type SignalWatch,
  type WatchStep,
} from './watch/signal-watch.ts';
export { countBlocks, mergedBlocks } from './window/distinct-blocks.ts';
export { hourOfWeek, HOURS_OF_WEEK } from './window/hour-of-week.ts';
export { timedWindow } from './window/timed-window.ts';
export { windowGrid } from './window/window-grid.ts';
export type { Span, WindowGrid, WindowSetting } from './window/window-setting.ts';
export { assertWatched, knownIncident, openIncident } from './view/assert-known.ts';
export type { AlertNote, SilenceNote, WindowNote, WindowSignal } from './view/ledger-notes.ts';
export type { IncidentHistory } from './view/incident-history.ts';
export { MonitorView, type WatchedStream } from './view/monitor-view.ts';
