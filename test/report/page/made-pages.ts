import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { explain, explainFirst } from "../../../src/causes/explain.ts";
import { compareRuns } from "../../../src/compare/compare-runs.ts";
import { createSavings } from "../../../src/explore/what-if/savings.ts";
import type { RunWithBlocks } from "../../../src/model/run.ts";
import { type Beside, besideOf, pastRunOf } from "../../../src/report/beside.ts";
import { buildReport } from "../../../src/report/build-report.ts";
import { explainRuns } from "../../../src/report/explain-runs.ts";
import { renderHtml } from "../../../src/report/renderers/html.ts";
import type { Report } from "../../../src/report/report.ts";
import { noOutside, readFixture, runOfFixture } from "../../scenarios/fixture.ts";
import { view } from "../build-report.ts";

export interface Made {
  readonly report: Report;
  readonly beside: Beside;
}

/** A recorded scenario with its times, as the tool would show it. */
export function ofFixture(name: string): Made {
  const fixture = readFixture(name);
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  return made(before === null ? [] : [before], runOfFixture(fixture.now, "now", before));
}

/** A real build of prometheus, as scripts/make-page-fixture.mjs recorded it. */
export function ofPrometheus(): Made {
  const packed = readFileSync(join(import.meta.dirname, "../../../testdata/page/prometheus.json.br"));
  return JSON.parse(brotliDecompressSync(packed).toString()) as Made;
}

function made(earlier: readonly RunWithBlocks[], now: RunWithBlocks): Made {
  const before = earlier.at(-1) ?? null;
  const explanation = before === null ? explainFirst(now) : explain(compareRuns(before, now), noOutside);
  const report = buildReport(explanation, now.run, {
    version: "0.1.0",
    command: now.run.command,
    exitCode: now.run.exitCode,
    baseline: { status: before === null ? "none" : "compared", note: null },
    all: false,
    warnings: [],
    savings: createSavings(explanation, noOutside),
  });
  const past = earlier.map((run, at) =>
    pastRunOf(run.run, at === 0 ? null : explainRuns(earlier[at - 1] ?? null, run)),
  );
  return {
    report,
    beside: besideOf(now, explanation, past.length === 0 ? [] : [...past, pastRunOf(now.run, report)]),
  };
}

export function pageOf({ report, beside }: { report: Report; beside: Beside | null }): string {
  return renderHtml(report, { ...view, beside });
}
