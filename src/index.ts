/**
 * gocache-why as a library: docs/api.md tells how to use it. All functions are pure but for what a caller hands in; nothing here
 * starts go or reads a file.
 */

export { type CauseInfo, causeCatalogue } from "./causes/catalogue.ts";
export type { CauseClass, CauseCode, Evidence, EvidenceKind, InputChange, Verdict } from "./causes/cause.ts";
export { type Explanation, explain, explainFirst } from "./causes/explain.ts";
export type { Outside } from "./causes/world.ts";
export { type Comparison, compareRuns } from "./compare/compare-runs.ts";
export type { Hypothesis } from "./explore/what-if/hypothesis.ts";
export { type Supposition, type Unreached, type WhatIf, whatIf } from "./explore/what-if/what-if.ts";
export { type CollectedLog, createBlockCollector } from "./log/collect-blocks.ts";
export type { LogEvent } from "./log/log-event.ts";
export { createLogParser, type LogParser } from "./log/parse-log.ts";
export { type LogChunks, type ReadLogOptions, readLog } from "./model/read-log.ts";
export type { ActionKind, Block, Origin, Problem, Run, RunAction, RunWithBlocks } from "./model/run.ts";
export { type Beside, besideOf, type PastRun } from "./report/beside.ts";
export { buildReport } from "./report/build-report.ts";
export { type ExplainRunsOptions, explainRuns } from "./report/explain-runs.ts";
export { type ActionInputs, buildInputs, type Inputs, type InputValue } from "./report/inputs.ts";
export { parseReport } from "./report/parse-report.ts";
export { renderReport } from "./report/render-report.ts";
export { type Format, formats } from "./report/renderers/index.ts";
export type { Renderer, View } from "./report/renderers/view.ts";
export type {
  CauseSet,
  Report,
  ReportAction,
  ReportCause,
  ReportRun,
  Totals,
  Warning,
} from "./report/report.ts";
export {
  buildTests,
  type Tests,
  type TestsAdvice,
  type TestsInput,
  type TestsPackage,
} from "./report/tests.ts";
export type { Timeline } from "./report/timeline.ts";
export { buildWhatIf, type WhatIfReport } from "./report/what-if.ts";
export { buildWhy, type Why, type WhyAction, type WhyPath, type WhyStep } from "./report/why.ts";
export { buildWhyTest, type ChangedTestInput, type UnseenInput, type WhyTest } from "./report/why-test.ts";
